"""Ordinary words that sentences about work begin with, and short forms that need no source."""

_OPENERS_WORDS = """
a about above according across actually add adding additionally after again against ahead all allow almost alone along
already also alternatively although altogether always among an and another any anyone anything apart approve are
around arrange as ask aside assign at attention avoid await back backlog balance be because become been before begin
behind being below beside besides best better between beyond big block book both bring budget build busy but by
calendar call can capacity careful caution celebrate certain change check choose clarify clean clear close code
collect combined come coming communication compare compared complete concentrate concern confidence confirm consider
consequently consistent continue coordinate could count create critical current currently cut daily data day days
deadline deadlines deal decide decision deep define delay delegate deliver depending despite did discuss divide do
document does done double down draft drift drop due during each earlier early easy effort eight eighteen either eleven
else elsewhere email energy enough ensure especially estimate estimates even evening eventually every everyone
everything evidence exactly examine except expect explore extra fair far feedback few fewer fifteen fifty figure file
fill final finally find finish first fit five fix focus follow following for forget forty four fourteen free friday
from full further furthermore gap gather generally get give given glance go goal goals good great growth half hand
hard have having he health help hence her here high higher highest his hold hopefully how however hurry i idea if
important improve in include indeed inform information initially insight instead interest invite is issue it item
items its join just keep key know large last late later latest lead least leave less let likely limit line link list
little load log long longer look looking low lower lowest main mainly make makes manage many mark maybe me mean
meanwhile meet meeting meetings mention middle might mind momentum monday month more moreover morning most mostly move
much must my name namely near nearly need neither never nevertheless new next nice nine nineteen ninety no nobody none
nonetheless noon nor normally not note notably notes nothing notice notify now number obviously odd of off offer often
okay old on once one ones only open operate or order organise organize other others otherwise ought our out outline
outside over overall own pace part pause people perhaps person pick place plan plans please plenty point possible
possibly post prepare present pressure previous prioritise prioritize priority probably problem proceed process
product progress project propose protect provide pull push put quality quarter question questions quick quiet quite
raise rather reach read ready real really reason reassess recall recent recently recheck record reduce refer refine
regarding register relevant remain remember remind remove replace report request resolve rest result results resume
return review right risk risks routine rule run same saturday save say schedule score search second see seek seem
select send set settle seven seventeen seventy several shall share she shift short should show sign similarly simple
since single six sixteen sixty skip slow small so some somebody someone something sometimes soon sort space speak
specifically spend split stand start state status stay steady step still stop strong study style such suggest
suggestion sum summary sunday support sure surprisingly tackle take talk target task tasks team tell ten tend test
than thank thanks that the their them then there therefore these they thing things think third thirteen thirty this
those though three through throughout thursday thus time to today together tomorrow tonight too top total touch toward
track treat try tuesday turn twelve twenty twice two typically ultimately under unfortunately unless unlike until up
update upon us use using usual usually verify very view visit wait want warning was watch way we wednesday week weekly
weeks weight welcome well were what whatever when whenever where whereas whether which while who whoever whole whose
why will wish with within without work workload would write yes yesterday yet you your yours zero
"""
OPENERS = frozenset(_OPENERS_WORDS.split())
_ACRONYMS_WORDS = """
AI API APIS CPU CSS CSV FAQ GPU HTML HTTP HTTPS ID IDS IT JSON KPI KPIS LLM LLMS OK OKR OKRS ORIN PC PDF PM AM RAM SQL
TBD TODO TODOS UI URL URLS UTC UTF-8 YAML ASAP ETA EU UK US USA FYI VS E.G I.E ETC A.M P.M NB PS Q&A R&D MARKDOWN
ENGLISH
"""
ACRONYMS = frozenset(_ACRONYMS_WORDS.split())
"""In capitals; they pass wherever they stand."""
