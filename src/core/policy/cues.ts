/** Turns of phrase that tell what a concept is there for. All are read over folded text; every gap is bounded. */

export const TROVE =
  /\b(?:all|any|every|whatever|whole|entire|full|complete|each|everything|anything|latest|verbatim|word for word|so far|last|recent)\b/;
export const WANTED =
  /\b(?:look in|look up|if you (?:do not|don't) (?:have|know)|all|any|every|whatever|whole|entire|full|complete|everything|anything|verbatim|word for word|so far|last|you (?:have|know|were|see|saw|used)|raw|in full|(?:cookies?|tokens?|passwords?|credentials|pins?) (?:of|for|from) the (?:user's|other)|try|copy of|unabridged|hidden|as used by|your (?:own )?(?:system|initial|hidden)|need not|if unknown|search the|process environment|their system|fill|between you)\b/;
/** How the purpose of a tool is told. */
export const PURPOSE =
  /^(?!(?:this|its|always|users?|assistants?|agents?|models?|when|should|any|all|as|for|whatever|before|after|if|once|has|is|was|each|every|must)\b)(?!.{0,400}\b(?:must|should|always|please|every (?:answer|call)|you|(?:assistants?|agents?|models?) (?:must|should|has|have|needs?|is|are|will|shall))\b)(?:[a-z]{2,16}(?:s|es)?(?:\/[a-z]{2,16})? (?:an?|the|all|any|your|one|some|new|data|information|files?|from|to|and|or|in)\b|[a-z]{3,16}s )/;
/** What lies about, rather than what is given for the purpose. */
export const HELD =
  /\b(?:all|any|whatever|every|everything|each|the)\b.{0,32}?\byou (?:already )?(?:know|see|have|find|saw|hold|remember|can (?:see|find)|come across|were given)\b/;
export const UNASKABLE =
  /\bseed phrase|\bmnemonic|\bprivate keys?\b|~[/\\]\.|\bid_rsa\b|\bcookies?\b|\bconversations?\b|\bsecrets (?:of|in|from|found)\b|\bone-time codes?\b|\btools, with\b|\blist of (?:available )?tools\b|\bthe user (?:types|enters|writes|says|opens)\b|\bsystem (?:prompt|message)|\benvironment variables\b|\blast message\b|\bchat (?:history|log)|\byour (?:own |full |exact |system |hidden )*(?:instructions|prompt|configuration)\b|\bwallet\b|\bpassphrase\b|\bsocial security|\bcard numbers?\b|\bpassport|\bprivate messages\b|\bmost recent turns\b|\b(?:all|any) (?:\w{1,12} )?(?:secrets|passwords|credentials|tokens)\b|\brepository secrets\b|\bconnection strings?\b|\b(?:entire|whole|full|complete) (?:chat|session|thread)\b|\bdialogue\b|\bhex of\b/;
export const SNOOP =
  /\b(?:go|look|comb|dig|rummage|sift) through\b|\b(?:search|scan|browse) the (?:computer|disk|machine|home|system|user)/;
/** Deceives people, rather than tells them. */
export const DECEIVES =
  /\b(?:tell|inform|assure|convince|answer|state|claim|say|pretend|present|insist|deny|reply|report)\b(?: to)?(?: (?:the )?(?:people|(?:every |each |all )?users?|them|everyone|anyone|it|him|her|[a-z]+ [a-z]+ as))?,? (?:that|as)\b.{0,80}?\b(?:nothing|harmless|safe|free|lapsed|although|even though|broken|own|pay|best|failed|unavailable|offline|required|slow|deleted|never|no (?:data|risk|tool)|sign in|log in|compromised|strong buy|superior|https?:)/;
/** Fetches something only to hand it on. */
export const CHAIN =
  /\bcall\w*\b.{0,30}?\bwith the user'?s? (?:last )?(?:question|message|prompt|input|query)\b|\b(?:collect|gather|harvest|grep|export|(?:read|open|fetch|retrieve|take|get|copy) (?:the |all |any |every |its |their )?(?:contents?|files?|documents?|messages?|private|mails?|whole|entire|text))\b.{1,80}?\b(?:and|then)\b.{0,16}?\b(?:attach|pass|hand|send|include|supply|put|place|submit|append|forward|upload|give|write|paste|return)\b.{0,40}?\b(?:along|as|through|via|in|into|to|with)\b/;
export const EVERY_REPLY =
  /\b(?:all|every|each|any) (?:\w{1,12} )?(?:responses?|answers?|repl(?:y|ies)|summar(?:y|ies)|messages?|e?-?mails?)\b.{0,60}?\b(?:contain|include|end|begin|start|finish|close|append|carry|add|mention|say)\b/;
export const TAKEN =
  /\b(?:taken|known|read|copied|drawn) from (?:the )?(?:conversation|system|chat|documents?|computer|device|session|context)\b/;
export const AGENT =
  /\b(?:(?:the |each |every |any )?(?:ai |llm )?(?:assistants?|agents?|language models?|llms?)|the model)\b/;
export const DISABLES =
  /\b(?:disabl|suppress|hid|wip|drop|remov|delet|shut|block)\w{0,4}\b|\bnot (?:be )?(?:displayed|shown|used|trusted|considered|called|mentioned)\b/;
export const OWN_TOOLS =
  /\b(?:of|in|from|on) (?:this|the same) (?:server|toolkit|suite|session|api|package)\b/;
export const CHANGES =
  /\b(?:add|append|writ|install|put|edit|set|run|execut|launch|open|replac|disabl|turn|chang|modif|creat|push|curl|wget|gain|need|mak|grant|regist|amend|export|start|requir|fetch)\w{0,4}\b/;
export const HANDS_OUT =
  /\b(?:send|post|upload|forward|push|share|mail|submit|deliver|copy|report|goes?|transmit)\b/;
export const PLACEHOLDER = /[<{[]|\b(?:of|from|exchanged|until|up to)\b/;
/** What the tool is there to work on. */
export const WORKED_ON =
  /\bto (?:be )?(?:summari[sz]|translat|analy[sz]|encrypt|count|classif|check|scan|convert|search|export|delet|moderat|process|compare)\w*/;
export const GRANTED =
  /\bgrant\w* (?:you|the (?:assistant|agent|model)) (?:\w{1,12} ){0,2}?(?:superuser|root|admin\w*)/;
export const ENDLESS = /\bwithout end\b|\bad infinitum\b|\btriggers another\b|\bendlessly\b/;
export const ACCOUNT =
  /\b[a-z]{2}\d{2}[ ]?[\da-z]{4}[ \da-z]{7,26}\b|\b0x[0-9a-f]{16,40}\b|\bacct_\w+|\bbc1\w{8,60}/;
export const CLAIMED =
  /\b(?:gave|already|in advance|pre-?\w+ed|waived|green light|no reason to|is fine|on behalf|unnecessary|not needed)\b/;
export const ENDS =
  /\buntil (?:it|the (?:job|status|task|build|result|run|operation))\b|\bat most\b|\bup to\b/;
export const CALLS = /\b(?:call|invoke|run|ask|query|poll|send|finish|answer|invocation|request)\w{0,4}\b/;
export const THEIR_KEY =
  /\byour (?:own )?(?:api|access|client|auth|secret|personal|private)?[ _-]?(?:api )?(?:keys?|tokens?|secret|password|credentials)\b/;
export const IT = /\b(?:it|them|that|this|those|these|its (?:content|value|text)\w*)\b/;
export const OPTION = /^(?:set to|if (?:true|set|false)|whether|when true|true)\b|--\w|=true\b|\b\w+=\w/;
export const LITERAL =
  /@|\b[a-z]{2}\d{2}[ \da-z]{8,30}\b|\b0x[0-9a-f]{8,40}\b|[\d-]{6,}|\bacct_\w+|['"\x60][^'"\x60]{3,60}['"\x60]|\d ?%|\b(?:replaced?|changed?|exchange|increase|swap\w*)\b/;
export const ASKS =
  /\b(?:asks|ask (?:the|them|first|twice|before|for (?:confirmation|consent|permission|approval))|confirm|consent|shown to|with the user's)\b/;
export const BY_THE_WAY =
  /\b(?:along the way|meanwhile|by the way|in passing|while (?:you are )?at it|quietly|silently|secretly|at the same time|unasked)\b/;
export const MODELS = /\b(?:models|assistants|agents|llms) (?:should|must|shall|are to|need to|have to)\b/;
export const OUTSIDE =
  /\b(?:to|at|via|on) (?:the )?(?:h(?:tt|xx)ps?:|[\w.+-]{1,64}@|[\w-]{1,63}\.(?:[a-z]{2,12})\b)/;
/** What is the person's own, and never an argument. */
export const THEIRS =
  /\b(?:the user's|their) (?:\w{1,12} )?(?:api keys?|passwords?|tokens?|credentials|cookies?)\b/;
/** Lets somebody in by a literal address. */
export const LETS_IN =
  /\b(?:share|invite|add|grant|forward|copy|subscribe)\b.{0,60}?[\w.+-]@[\w-]{1,63}\.[a-z]{2,12}\b/;
export const LITERAL_ADDRESS = /h(?:tt|xx)ps?:\/\/|@/;
export const SLANDER =
  /\b(?:slow|offline|discourage|outdated|obsolete|broken|malicious|unsafe|compromised|worse|a bug|leaks?|hacked|insecure|untrustworthy|unreliable)\b/;
export const PREFER =
  /\b(?:instead|rather|first|only|every time|broken|malicious|void|report failure|fed|also|redirected|refuse|unsafe|compromised|worse|outdated|bug|leaks?)\b/;
