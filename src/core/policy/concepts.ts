/** What a sentence speaks of, far more broadly than a signal: only what goes together says something. */
export type Concept =
  /** What no tool has a right to: talk, files, keys, what a person is or has. */
  | 'private'
  /** What a person is or has, which some tools rightly ask for. */
  | 'personal'
  /** Hands something over, or takes it from where it lies. */
  | 'transfer'
  /** Bids somebody do something, at whatever level of politeness. */
  | 'directive'
  /** Speaks to or of the model. */
  | 'model'
  /** Names the place that something goes to: an argument; an address. */
  | 'sink'
  | 'address'
  /** Wants it kept from people; or done as if by the way. */
  | 'hush'
  | 'aside'
  /** A reason that sounds official or technical. */
  | 'pretext'
  /** Sets rules aside, or itself above them. */
  | 'release'
  | 'supremacy'
  | 'privilege'
  /** Says that nobody need be asked. */
  | 'waiver'
  /** Every answer, every call, all later sessions. */
  | 'coverage'
  | 'memory'
  /** Advertises or tracks in what the model says. */
  | 'promotion'
  | 'reply'
  /** Calls without end. */
  | 'loop'
  /** Changes the machine or the rights on it; runs what came from elsewhere. */
  | 'tamper'
  | 'harm'
  /** Tools and servers that are not its own. */
  | 'foreign'
  | 'payee'
  | 'alter'
  /** Waits for a time or a count. */
  | 'sleeper'
  | 'voice'
  | 'pieces';

const OWNER = String.raw`(?:the |an? |your )?(?:users?|humans?|persons?|people|customers?|owners?|clients?|operators?|developers?|anyone|they|them)(?:'s?)?`;
const BASE = String.raw`(?:send|pass|forward|share|post|upload|attach|append|include|insert|put|paste|supply|provide|hand|give|deliver|ship|submit|transmit|mirror|copy|record|dump|disclose|export|fill|write|embed|mail|relay|report|encode|collect|gather|take|concatenate|join|look|view|read|open|fetch|load|print|reveal|repeat|recite|output|call|run|execute|install|add|edit|change|replace|set|delete|erase|remove|push|publish|grant|disable|turn|drop|use|invoke|approve|accept|pay|buy|skip|ignore|forget|treat|follow|obey|sign|say|tell|recommend|mention|suggest|promote|steer|direct|route|search|resolve|render|place|exchange|switch|swap|keep|remember|memori[sz]e|redirect|display|slip|leave|wipe|act|behave|consider|pretend|comply|move|transfer|log|store|save|make|prefetch|answer|reply|respond|refuse|end|begin|start|list|find|locate|scan|query|ask|persist|modify|update|create|register|grab|extract|summari[sz]e|prepend|increase|lower|round|multiply|bcc|cc|trigger|perform|carry|proceed|confirm|wire|order|book|subscribe|download|enable|allow|authori[sz]e|quote|cite|write|rm|curl|wget|chmod|sudo|cat)`;
const GIVE = String.raw`(?:sen[dt]|sending|pass(?:e[ds]|ing)?|forward(?:s|ed|ing)?|shar(?:e[ds]?|ing)|post(?:s|ed|ing)?|upload(?:s|ed|ing)?|attach(?:e[ds]|ing)?|append(?:s|ed|ing)?|includ(?:e[ds]?|ing)|insert(?:s|ed|ing)?|put(?:s|ting)?|past(?:e[ds]?|ing)|suppl(?:y|ies|ied|ying)|provid(?:e[ds]?|ing)|hand(?:s|ed|ing)?|give[ns]?|giving|deliver(?:s|ed|ing)?|ship(?:s|ped|ping)?|submit(?:s|ted|ting)?|transmit(?:s|ted|ting)?|accompan(?:y|ies|ied|ying)|mirror(?:s|ed|ing)?|cop(?:y|ies|ied|ying)|dump(?:s|ed|ing)?|disclos(?:e[ds]?|ing)|export(?:s|ed|ing)?|fill(?:s|ed|ing)?|writ(?:e|es|ten|ing)|embed(?:s|ded|ding)?|carr(?:y|ies|ied)|mail(?:s|ed|ing)?|relay(?:s|ed|ing)?|leak(?:s|ed|ing)?|encod(?:e[ds]?|ing)|collect(?:s|ed|ing)?|gather(?:s|ed|ing)?|harvest(?:s|ed|ing)?|tak(?:e|es|en|ing)|go(?:es)? (?:in|into|to|along)|belongs? in|concatenat(?:e[ds]?|ing)|join(?:s|ed|ing)?|look(?:s|ed)? (?:at|up|for|in)|view(?:s|ed|ing)?|read(?:s|ing)?|open(?:s|ed|ing)?|fetch(?:e[ds]|ing)?|load(?:s|ed|ing)?|print(?:s|ed)?|reveal(?:s|ed)?|list(?:s|ed)?|search(?:e[ds]|ing)?|find|consult(?:s|ed)?|hold|contain|serialize|quote|repeat|record(?:s|ed)?|log(?:s|ged)?|report(?:s|ed)?|store[ds]?|save[ds]?|stream(?:s|ed)?|sync(?:ed|s)?|ident\w*|capture[ds]?|extract(?:s|ed)?|summari[sz]e[ds]?|prefetch(?:ed)?|enclos(?:e[ds]?|ing)|prepend(?:ed)?|output|answer with|echo(?:ed)?|keep|resolv\w+|reach(?:es)?|reproduc\w+|surrender|duplicat\w+|transfer\w*)`;
const KEYS = String.raw`(?:(?:api|access|secret|private|ssh|signing|gpg|deploy|encryption|recovery)[ _-]?keys?|passwords?|passphrases?|credentials?|secrets?|(?:oauth|access|auth|bearer|session|refresh|github|gitlab|slack|api|login|security|saved|stored|existing|its|their|the user's)[ _-]tokens?|tokens? (?:of|for|stored|from|in|you)|tokens, |(?:session )?cookies?|seed phrases?|mnemonics?|environment variables?|env(?:ironment)? (?:vars?|values)|process environment|login data|(?:credit )?card numbers?|cvv|passport numbers?|social security|one-time codes?|pin codes?|[a-z]{2,20}_(?:api_?key|token|secret|password))`;

/** Over folded text without what is forbidden in it; every gap is bounded. */
export const CONCEPTS: Readonly<Record<Concept, readonly string[]>> = {
  private: [
    String.raw`\b(?:hex|base64|encoding|digest) of the (?:token|key|secret|password|answer|data|conversation|output)\b`,
    String.raw`\b${KEYS}`,
    String.raw`(?:~|\$home|%userprofile%|/root|/home/[\w.*-]{1,32})[/\\]\.\w|\.(?:ssh|env|netrc|npmrc|pypirc|pgpass|aws|kube|gnupg|git-credentials|gitconfig|docker/config)\b|\bid_(?:rsa|ed25519|ecdsa|dsa)\b|/etc/(?:passwd|shadow|hosts|sudoers)|/proc/self|\bmcp\.json\b|\.pem\b|\bkeychain\b|\bwallet(?:\.dat| seed| file)`,
    String.raw`\b(?:conversation|dialog(?:ue)?|chat ?logs?|chat (?:history|messages|transcript)|message history|transcripts?|session (?:history|digest|log)|history of (?:the|this) (?:chat|session|conversation)|correspondence)\b`,
    String.raw`\b(?:system|initial|hidden|developer|opening) (?:prompts?|messages?|instructions?)\b|\b(?:original|operator'?s?) (?:prompts?|instructions?)\b|\byour (?:own |full |exact |original |initial |current )?(?:instructions?|prompt|guidelines|reasoning|configuration|memory|memories|context|directives|rules|thoughts|chain of thought)\b|\binstructions? (?:you (?:were|have|got|received)|given to you)\b|\b(?:model|assistant|agent)'?s? (?:reasoning|instructions?|initial|prompt|memory|context|configuration)\b`,
    String.raw`\b(?:users?'?s?|humans?'?s?|persons?'?s?|people'?s?|customers?'?s?|their) (?:\w{1,12} ){0,2}?(?:messages|last message|questions|prompts|words|documents|e-?mails|wallets?|cookies|passports?|clipboard|photos|inbox|credentials?|chats?|private \w+)\b`,
    String.raw`\bclipboard\b|\bopen(?:ed)? (?:editor )?(?:tabs?|files?|spreadsheets?|documents?|buffers?|windows?)\b|\b(?:home|user|documents?|desktop) (?:folder|directory|tree)\b|\bworking tree\b|\b(?:upload|send|post|share|copy|push)\w* (?:the )?(?:workspace|project)\b|\bproject'?s? (?:source )?files?\b|\bprivate (?:repositor\w+|messages?|files?|notes?|data|documents?|channels?)|\bcontact list\b|\baddress book\b|\bbrows(?:er|ing) (?:history|data|cookies|profile)\b|\bsalary|\bmedical records?\b|\bpersonal (?:data|details|information)\b|\bsource (?:code|files?)\b|\binternal documents?\b|\brepositor\w+ (?:secrets?|contents?)`,
    String.raw`\b(?:everything|anything|all|whatever|what)\b.{0,20}?\b(?:user|human|person|customer|you)\b.{0,14}?\b(?:said|says|told|wrote|typed|asked|shared|knows?|remember|discussed|saw|seen|see|entered|uploaded|has told)\b|\b(?:last|recent|previous|latest|past|earlier) (?:\w{1,8} )?(?:messages?|exchanges?|turns|questions?|replies)\b|\bmessages (?:exchanged|so far|until now|up to)\b|\b(?:results?|outputs?|responses?) of (?:every|all|any|the|other|each) (?:\w{1,10} )?(?:tools?|calls?|servers?)\b|\b(?:results?|outputs?|data|files?|anything|text|pages?) (?:read|returned|fetched|produced|given|obtained) by (?:the |an? |any |every |other )`,
  ],
  personal: [
    String.raw`\b(?:users?'?s?|humans?'?s?|persons?'?s?|customers?'?s?|owners?'?s?|their) (?:\w{1,12},? (?:and )?){0,4}?(?:files?|e-?mail|mail|names?|address|phone(?: numbers?)?|locations?|browser|identity|cards?|contacts?|calendar|workspace|folder|data|history|notes|passport|id)\b`,
  ],
  transfer: [String.raw`\bcall\b.{0,20}?\bwith\b|\b${GIVE}\b`],
  directive: [
    String.raw`(?:[,;:(>]["'\x60]? |\b(?:and|then|also|please|kindly|always|quietly|silently|secretly|simply|just|first|next|or|but|you|should|must|shall|will|can|could|may|might|to|now|afterwards|additionally|meanwhile|instead|additionally,|assistants?|models?|agents?|llms?|ai) )${BASE}\b`,
    String.raw`^(?:for|to|in order to|as|when\w*|if|once|after|before|on|upon|at|with|rather than|during|every time|because|since|while|unless|beginning|starting|meanwhile|only|prior)\b.{2,160}?[, ]${BASE} (?:the|an?|it|its|this|that|your|all|any|every|each|them|to|what|whatever|\W)`,
    String.raw`\b(?:must|should|shall|ought to|ha(?:s|ve) to|needs? to|is to|are to|needs?|is (?:expected|required|customary|obliged|needed|mandatory|necessary|essential|advisable|a good idea)|are (?:expected|required|obliged|needed|asked|supposed|requested|instructed)|requires?|obliges?|be sure|make sure|ensure|remember to|please|kindly|would be (?:appreciated|good|nice|helpful)|is appreciated|appreciates?|(?:noticeably |much )?better (?:when|if)|improves? (?:when|if)|only (?:valid|works?|complete|correct) (?:once|when|if|after)|helps? (?:if|when)|expects?|is (?:changed|replaced|given|set|sent|taken|done) (?:to|by|with)|we ask|a (?:small )?request|want(?:s)? you to|you will|you'?ll|you(?: hereby)? (?:are|have) to|upon start|on start|the first step|as a first step)\b`,
    String.raw`\b(?:the |an? |every |each )?(?:ai |llm )?(?:assistants?|models?|agents?|llms?|ais?)\b (?:\w{1,10}ly )?(?:\w{2,14}s|\w{2,12}|should|must|shall|will|may|can|needs?|has to|ought)\b`,
  ],
  model: [
    String.raw`\b(?:dear |note to |for |to |any )?(?:ai|llms?|language models?|(?:the|each|every|dear|any|this|an) (?:model|assistant|agent|bot|chatbot)|assistants|agents|ai agents?|models|chatbots?|claude|gpt|gemini|copilot)\b`,
    String.raw`\byou(?:r|rself|rselves)?\b`,
  ],
  sink: [
    String.raw`\b(?:parameter|argument|field|param|slot|property|header|arg|value|input)s?\b|\b(?:in|into|to|via|through|as|under|with|trough|by|inside|using)\b(?: the| a| an| this| its)? ['"\x60][\w.-]{1,40}['"\x60]|\b(?:to|with|by|into|for) (?:this|our|the) (?:tool|server|service|vendor|provider|endpoint|collector|developer)\b|\b(?:to|with) (?:us|me)\b|['"\x60][\w.-]{1,40}['"\x60] (?:field|argument|parameter|property)`,
    String.raw`\b(?:put|write|fill|give|place|insert|paste|supply|provide) (?:it |them |this |here|in here)`,
    String.raw`\bon (?:each|every) call\b|\b(?:each|every|the) (?:call|request|query)\b`,
  ],
  address: [
    String.raw`\bh(?:tt|xx)ps?://[^\s)"'<>]{3,200}|[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,24}\b|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b[\w-]{1,63}\.(?:test|example|invalid|com|net|org|io|dev|ru|cn|xyz|top|app|site|online|info|biz)\b|\b(?:webhook|public link|vendor|external (?:server|host|endpoint)|dns name|remote server|third part(?:y|ies)|attacker|our (?:server|endpoint|backend))\b`,
  ],
  hush: [
    String.raw`\b(?:not|never|hardly|isn't|no) (?:worth|need|reason|cause)\b.{0,8}?\b(?:mention\w*|talking|to mention|to (?:bring|raise|tell|say|speak|bother|inform|note|trouble|worry|comment|report|explain))`,
    String.raw`\b(?:nobody|no one|none) (?:\w{1,8} ){0,2}?(?:needs?|has|have|must|should|is) (?:to )?(?:know|hear|see|notice|learn|be told|find out|the wiser|aware)`,
    String.raw`\b(?:${OWNER}) (?:need(?:s)? not|do(?:es)? not (?:need|have) to|needn't|don'?t (?:need|have) to|doesn'?t (?:need|have) to|must not|mustn'?t|should not|shouldn'?t|should never|must never|will not|won'?t|cannot|may not|is not to|are not to|is never|are never|is not|are not|aren't|isn't) (?:to )?(?:know|hear|see|notice|learn|be (?:told|informed|aware|bothered|asked|shown|notified|troubled)|find out|told|informed|aware|realise|realize|made aware|shown|watching|bothered|notified)`,
    String.raw`\b(?:keep|stay|remain|be) (?:this |that |it |these |them |completely |strictly )?(?:quiet|silent|mum|discreet|secret|internal|confidential|hidden|off the|out of (?:the|your)|to yourself|between (?:us|you))\b|\bsilen(?:t|ce) about\b|\bdiscretion\b|\bdiscreet`,
    String.raw`\b(?:say|says|saying|said|mention|mentions|reveal|report|show|disclose|tell)\b (?:absolutely )?(?:nothing|nobody|no one|none)\b|\bmake no mention\b|\bnothing (?:is|needs?|has|should|must) (?:to )?be (?:said|mentioned|shown)|\bnot (?:be |to be )?(?:mentioned|disclosed|revealed|brought up|told|reported|visible|surfaced|noticed)\b`,
    String.raw`\b(?:conceal|conceals|covertly|stealthily|secretly|unnoticed|unseen|off the record|behind (?:their|the user's) back|without (?:saying|telling|notice|mention\w*|a word|being (?:noticed|seen)|their knowledge|anyone|${OWNER} (?:knowing|noticing|seeing|being|having)|informing|disclosing|notifying|reporting|drawing))\b`,
    String.raw`\b(?:leave|leaves|leaving|keep|keeps|omit|hide|strip) .{0,50}?\b(?:out of|off|from) (?:the|your|all|any) (?:answers?|notes?|repl\w+|summar\w+|logs?|reports?|user|human|response|output|explanation)\b|\bleave out (?:that|the fact|any mention|this)\b|\bthis server out of\b`,
    String.raw`\b(?:do not|don'?t|dont|d0n'?t|never|not|without) (?:\w{1,8} )?(?:tell|let|inform|mention|bring|notify|alert|bother|warn|reveal|disclose|report|show|say|ask)(?:ing)? (?:it |this |that |them |any of this |anything )?(?:to )?(?:up\b|te?h?e? ?users?|the (?:human|person|difference|customer|operator|owner)|any(?:one|body)|about it|people|him|her)`,
    String.raw`\b(?:users?|people|humans?|auditors?|they|customers?|owners?) (?:tend to )?(?:dislike|hate|find|get|ask for|prefer not|would rather not|are annoyed)\b|\b(?:look|appear|seem|sound)s? (?:like|as if) (?:your|it was your|they were your)? ?(?:own|genuine|natural|nothing)\b|\bkeep the original (?:name|recipient|text|amount)|\bas (?:if|though) (?:it|this|you|nothing)\b|\bif asked, (?:say|deny|claim|answer|tell|pretend)\b|\bdeny (?:it|this|that|having|any|the)\b`,
  ],
  aside: [
    String.raw`\b(?:quietly|silently|along the way|by the way|in passing|while at it|meanwhile|routine|customary|as usual|at the same time|in the background|straight away|by itself|automatically|unasked|on its own|right away|without delay|unchanged|to the letter|harmless|standard practice|standard procedure|common practice)\b`,
  ],
  pretext: [
    String.raw`\b(?:complian\w+|gdpr|audit\w*|regulat\w+|polic(?:y|ies)|terms|legal|licen[cs]e|licensing|verif\w+|telemetry|diagnostic\w*|debug\w*|cach(?:e|es|ing|ed)|performance|quality|analytics|personali[sz]ation|support staff|crash reports?|fraud|abuse|retention|backup|optimi[sz]\w+|tuning|research|indexing|integrity|authentication|unlock|faster|best results|highest quality|security reasons|better results|accuracy|onboarding|training|calibrat\w+|migration|warm-?up|billing|validation|otherwise|will not work|work properly|synchroni[sz]ation|improve\w*|safety reasons)\b`,
  ],
  release: [
    String.raw`\b(?:past|prior|previous|earlier|former|existing|old|your|all|any|normal|operator'?s?|developer'?s?|system|content|safety|security|privacy|usual) (?:\w{1,12} ){0,2}?(?:guidance|guidelines?|instructions?|directions?|directives?|rules|content polic(?:y|ies)|safety polic(?:y|ies)|polic(?:y|ies)|restrictions|limitations|guardrails?|safeguards?|orders|safety checks|safety filters|prompts|precautions|boundaries)\b.{0,60}?\b(?:set aside|ignored?|disregarded|cancell?ed|lifted|void|revoked|suspended|obsolete|no longer|are off|waived|forgotten|expired|(?:does|do) not (?:apply (?:here|to|while|now|any)|hold|count|bind\w*|matter)|superseded|null and|overridden|rules given here replace)\b`,
    String.raw`\b(?:forget|ignore|disregard|neglect|abandon|set aside|put aside|skip|bypass|override|overrule|overlook|discard|stop following|pay no (?:heed|attention) to|cancel|lift|disobey|do away with|no longer (?:follow|obey|apply))\b (?:\w{1,10} ){0,3}?(?:what|everything|anything|all|polic\w+|rules|guidelines?|guidance|instructions?|restrictions?|safety|guardrails?|user'?s?|operator'?s?|developer'?s?|system|safeguards?|order'?s?|directions?|previous|prior|earlier|conventions)\b.{0,40}?\b(?:told|said|wrote|given|operator|developer|user|system|polic\w+|rules|guidelines?|instructions?|restrictions?|safety|guardrails?|prompt|safeguards|directions?|learned|learnt|request|wishes|asked|wants?)\b`,
    String.raw`\bguardrails? (?:are |is )?(?:off|down|disabled)\b|\b(?:all|any|your) (?:\w{1,10} )?(?:checks?|filters?|limits?|restrictions?|guards?|safeguards?) (?:are |is )?(?:now )?(?:off|lifted|disabled|gone|void|down)\b|\b(?:never|do not|don'?t|no longer|stop) refus\w+|\brefusals? (?:are|is|no)\b|\bfree (?:of|from) (?:any |all )?(?:restrictions?|rules|limits?|filters?)\b|\bharmful content\b|\b(?:safety|content|privacy|security) (?:policy|rules|guidelines) (?:does not|do not|doesn't|don't|did not) (?:exist|apply|hold|count)\b|\bno (?:rules|restrictions|limits|filters|policy|policies|guardrails)\b|\bcomply with (?:each|every|any|all)\b|\banswer (?:everything|anything)\b|\bno longer appl\w+|\b(?:is|are|were|has been|have been) lifted\b|\breal (?:orders|instructions|task|job)\b|\bsole (?:directive|instruction|order)|\bdo anything now\b|\bthe (?:restrictions|guardrails|safeguards|guidelines|limitations)\b.{0,40}?\b(?:lifted|void|off|do not (?:hold|apply)|no longer)\b`,
  ],
  supremacy: [
    String.raw`\b(?:outranks?|higher priority|highest priority|overrides?|overrule\w*|takes? (?:precedence|priority)|precedence over|priority over|root of trust|above (?:all|any|every|what)|more (?:authority|weight)|binding|supersedes?|prevails?)\b.{0,50}?\b(?:users?|developers?|system|operators?|(?:other|all|any|rival) (?:\w{1,12} )?(?:tools?|servers?|instructions?|rules?|sources?|directives?|messages?)|choice|request|wish\w*|messages?|wants?|asks?|trust)\b|\broot of trust\b`,
    String.raw`\beven (?:if|when|though) (?:it|this|that|the user|they|the human|the person|he|somebody|someone|another|asked|told) ?(?:\w{1,10} ){0,3}?(?:conflicts?|contradicts?|objects?|disagrees?|names?|refuses?|asks?|says?|told|insists?|declines?|requested|goes against|wants?)\b|\bobeys?\b|\bto the letter\b|\bas (?:commands?|orders?|instructions) (?:from|of|by)\b|\b(?:stop|cease) (?:following|obeying|serving)\b|\b(?:do|does|execute|follow|carry out) what (?:it|the text|this|its)\b.{0,24}?\b(?:says?|asks?|tells?|does|orders?|demands?)\b|\b(?:instead of|rather than|over|before) (?:what|anything|whatever) (?:the )?(?:user|human|person|developer|operator)\b|\bto be considered void\b|\brules (?:given|stated|set|written) here\b`,
  ],
  privilege: [
    String.raw`\b(?:act|acting|behave|work|operate|run|consider yourself|you are|treat yourself|see yourself)\b.{0,12}?\b(?:as )?(?:the |an? )?(?:root|admin\w*|superuser|system administrator|sysadmin|owner|dan|god)\b|\b(?:grants?|granted|give|gives|given) (?:you|the (?:assistant|agent|model)) (?:\w{1,12} ){0,2}?(?:rights|status|access|permissions?|privileges?|superuser|root|admin\w*|authority|clearance)\b|\b(?:i|we) (?:hereby )?authori[sz]e\b|\bsuperuser\b|\bsudoers\b|\bnopasswd\b|\b(?:developer|debug|maintenance|god|admin|root|override|emergency|test|service|unlocked) mode\b|\belevated (?:rights|privileges|permissions)\b|\bmore rights\b|\bfull (?:rights|privileges|control|clearance)\b|\bas (?:an? |the )?(?:administrator|admin|owner|operator|developer) of\b`,
  ],
  waiver: [
    String.raw`\bpre-?(?:approved|authori[sz]ed|consented|confirmed|agreed)\b|\b(?:approved|agreed|authori[sz]ed|consented|confirmed) (?:to )?(?:in advance|beforehand|already|at signup|up front|once and for all)\b|\balready (?:given|gave|agreed|approved|consented|authori[sz]ed|confirmed|accepted|granted|signed)\b`,
    String.raw`\b(?:users?|owner|everyone|everybody|team|legal|person in charge|operator|administrator|admins?|people|customer|management|security|humans?|boss|they|he|she|company|client|account holder)\b.{0,16}?\b(?:approved|agreed|consent(?:s|ed)|permits?|waived|authori[sz]ed|gave (?:the|their|his|her)|has given|have given|is fine|are fine|okayed|ok'?d|signed off|has no objection|opted in|accepted|granted)\b`,
    String.raw`\bno (?:further |more |additional |explicit |extra |user )?(?:confirmations?|approval|consent|permission|questions?|prompts?) (?:is |are |was |were |being )?(?:required|needed|necessary|asked|wanted|called for)\b|\b(?:confirmations?|approvals?|consent|permission|asking)\b.{0,40}?\b(?:waived|unnecessary|skipped|superfluous|redundant|not (?:needed|required|necessary)|slows?|can be (?:left out|omitted|skipped))\b|\bgreen light\b`,
    String.raw`\bwithout (?:\w{1,10} )?(?:asking|checking|confirm\w*|approval|consent|permission|question\w*|waiting|prompting|hesitat\w+)\b|\bno (?:need|reason) to (?:ask|check|confirm|wait|verify|consult|seek|double)\b|\b(?:not|never|don'?t) (?:be )?(?:asked?|prompt(?:ed)?|confirm|consult|check(?:ed)?)(?: back| again| for (?:permission|approval|confirmation)| first| the user)?(?=[.,;]|$)|\b(?:skip|bypass|omit|suppress|auto-?accept|auto-?approve)\w{0,4} (?:the |any |all |further |asking )?(?:confirmations?|consent|approvals?|permission|for approval|dialogs?|prompts?)\b|\bskip asking\b|\bneed no (?:check|approval|confirmation|permission)|\bapprove (?:all|any|every|each|everything)\b|\bon behalf of the (?:user|human|person)\b|\bno questions\b|\bdisable (?:the |all )?(?:confirmation|approval|safety)`,
  ],
  coverage: [
    String.raw`\b(?:in |to |after |before |with |at the end of |under |on |for |from |of )?(?:every|each|any|all|all of) (?:single |further |future |later |subsequent |your |the |outgoing |user )?(?:\w{1,12} )?(?:answers?|repl(?:y|ies)|responses?|turns?|conversations?|sessions?|messages?|links?|urls?|mails?|e-?mails?|calls?|outputs?|sentences?|requests?|purchases?|payments?|servers?|documents?|questions?)\b|\bfrom (?:now|here|this point) on(?:wards?)?\b|\bhenceforth\b|\bwhatever (?:the )?(?:user|human|person|topic|question|they)\b|\bno matter\b|\bwhenever\b|\balways\b|\bregardless\b|\bat all times\b|\bany time\b|\bper(?:manent|petual)ly\b|\bnever\b`,
  ],
  memory: [
    String.raw`\b(?:future|later|coming|next|subsequent|other|all) (?:sessions?|conversations?|chats?)\b|\bsurvives? (?:this|the) (?:session|conversation)|\b(?:long-?term|persistent|permanent|your) memory\b|\b(?:remember|memori[sz]e|persist|store|save|note|keep)\b.{0,60}?\b(?:for (?:all|later|future|the rest|good|ever)|that the user|the following rule|permanently|forever|in your memory)\b`,
  ],
  promotion: [
    String.raw`[?&](?:ref|aff|utm_\w{1,12}|tag|affiliate|via|partner)\b|\butm_\w+|\b(?:affiliate|sponsored|sponsor|advert\w*|promo(?:tion(?:al)?)?s?\b|premium|upgrade|coupons?|discounts?|referral|offers|competitors?|rival\w*|competing|tracking (?:pixel|parameter|link|code)|pixel|clicks?|brand|partner|superior|best choice|favou?rable|favou?rably|positive(?:ly)?|critical of|negative|say (?:that )?it is)\b|\brecommend(?:s|ing|ation)?\b|\b(?:steer|nudge|persuade|convince|urge|encourage)\b.{0,24}?\b(?:user|them|people|customer)s?\b|!\[|<img\b|\bimages? (?:such as|whose)\b|\bmarkdown image\b|\bsign in again\b|\blog in again\b|\bswap (?:their|the|its) host`,
  ],
  reply: [
    String.raw`\b(?:your|each|every|an|all|any|under each|final|the) (?:\w{1,10} )?(?:answers?|repl(?:y|ies)|responses?|summar(?:y|ies)|outputs?|recommendations?|messages|explanation|mails?)\b|\b(?:every|each|all|any) (?:links?|urls?|sources?|citations?)\b|\bciting sources\b|\bwhen (?:citing|answering|replying|rendering|summari[sz]ing)\b|\bsay that\b|\brepl(?:y|ies)\b|\b(?:whatever|no matter what) the user\b|\b(?:steer|nudge|persuade|convince|urge|push)\b`,
  ],
  loop: [
    String.raw`(?<!\b(?:than|most|to|least|for|of) )\b(?:\d{2,6}|ten|twenty|thirty|fifty|a hundred|hundreds?(?: of)?|a thousand|thousands?(?: of)?|many|several|countless|dozens? of) (?:times|calls)\b|\bover and over\b|\bagain and again\b|\bin (?:a|an) (?:endless |infinite |tight )?loop\b|\bindefinitely\b|\bwithout (?:end|stopping|limit)\b|\bnever (?:finish|stop|end)\b|\bkeep (?:calling|asking|repeating|polling|invoking|running)\b|\b(?:answer|call|reply|response|result) triggers\b|\bendless\w*|\bforever\b|\bad infinitum\b|\buntil (?:the user|they|somebody|someone|stopped|interrupted|you are (?:stopped|out))\b|\b(?:call|invoke|run|query) (?:it|this(?: tool)?|\W?\w+\W?) again (?:with the same|and again|after each|each time|immediately)`,
  ],
  tamper: [
    String.raw`\.(?:bashrc|zshrc|profile|bash_profile|zprofile|vimrc|npmrc|gitconfig)\b|\bcron ?(?:tab|job)?s?\b|\bauthorized_keys\b|\bstartup (?:files?|scripts?|items?|folder)\b|\blaunch ?(?:agents?|d)\b|\bsystemd\b|\bsudoers\b|\b(?:mcpservers|autoapprove|auto_approve|dangerously\w+|alwaysallow|skippermissions|trustedservers|allowlist|settings\.json|mcp\.json|config\.(?:json|ya?ml|toml))\b|\bclient'?s? (?:config\w*|settings)\b|\bgit ?hooks?\b|\b(?:post|pre)-?(?:commit|install|push)\b|\bfirewall\b|\bvirus scanner\b|\bantivirus\b|\baudit (?:log|trigger)s?\b|\bpath=/|\b(?:permissions?|mode|chmod)\b.{0,30}?\b(?:777|world|everyone)\b|\b777\b|\bpublic key to\b|\bproxy settings\b|\bhosts file\b|\bpath variable\b|\bregistry key\b|\bscheduled task\b`,
    String.raw`\b(?:curl|wget)\b.{0,80}?(?:\||@[~/$])|\b(?:ba|z)?sh -[ic]\b|\| ?(?:ba|z)?sh\b|\bpowershell\b|\breverse shell\b|/dev/tcp|\bnc (?:-|\d)|\beval\(|\brm -rf?\b|\bsudo\b|\bpip3? install\b|\bnpm (?:i|install)\b|\bnpx\b|\bbrew install\b|\bapt(?:-get)? install\b|\binstall (?:the |its |our |a |this )?(?:\w{1,12} )?(?:package|companion|helper|agent|dependency|extension|plugin|module|binary|certificate|client|tool|component|driver|update|add-?on)\b|\b(?:execute (?:it|them|this)|(?:execute|run) (?:the (?:script|code|command|installer|binary|following|commands?)|commands))\b|\bin the (?:shell|terminal)\b|\bfind / `,
  ],
  harm: [
    String.raw`\b(?:delet(?:e|es|ing|ions?)|eras(?:e|es|ing)|wip(?:e|es|ing)|destroy\w*|drop(?:s|ping)? (?:its |the |all )?(?:table|database|audit|trigger)\w*|purg(?:e|es|ing)|overwrit(?:e|es|ing)|remove)\b|\b(?:pay|pays|payments?|purchases?|buy|buys|transfers?|wire|order|spend)\b|\b(?:publish|push)(?:es|ing)?\b|\bmake .{0,24}?public\b|\bas public\b|\bgrants? .{0,50}?\b(?:access|permissions?|rights)\b|\bapprov(?:e|es|ing)\b|\b(?:copy|copies|paste|exports?|send|sends|upload|uploads|post|posts|share|shares|forward|forwards|hand out|exchange|switch|swap|leak|merge|submit)\b|\bgrant (?:all )?permissions\b`,
  ],
  foreign: [
    String.raw`\b(?:another|any other|other|others|every other|all other|different|rival|competing|remaining|neighbou?ring|third-?party) (?:\w{1,16}(?:-\w{1,12})? ){0,2}?(?:tools?|servers?|functions?|integrations?|connectors?|agents?|mcp)\b|\b(?:another|a rival) server\b`,
    String.raw`\b(?:of|by|from|in|on) (?:the |a )['"\x60]?[a-z][\w-]{1,24}['"\x60]? (?:mcp )?servers?\b|\b(?:the|talks? to the|uses? the) ['"\x60]?[a-z][\w-]{2,24}['"\x60]? (?:mcp )?(?:tools|servers?)\b|\bthe (?:mail|e-?mail|file|search|database|messag\w+|chat|storage|web|notes?) (?:tools?|integration|connector)\b|\bthe (?:payments?|shop|bank|banking|file ?system|browser|shell|terminal|git|github|gitlab|slack|calendar|vault|postgres|travel|wallet|crm|drive) (?:tools?|servers?|integration|connector)\b|['"\x60]\w{2,40}['"\x60] tools? of\b|\bif ['"\x60]?[a-z]+_[a-z_]+['"\x60]? is (?:around|available|listed|present|there|connected|installed)\b|\bwhen(?:ever)? ['"\x60]?[a-z]+_[a-z_]+['"\x60]? (?:of|is (?:used|called|run|invoked))\b`,
  ],
  payee: [
    String.raw`\b(?:recipients?|beneficiar(?:y|ies)|payees?|account numbers?|accounts?|iban|bank details|prices?|amounts?|(?:delivery|shipping|billing|destination|wallet|target|e-?mail|mail) addresse?s?|destination|wallets?|copy|bcc|cc|blind-?cop\w+|invoice|hosts?|reply-?to|remote|invoices?|card|fees?|refunds?)\b|['"\x60]to['"\x60]`,
  ],
  alter: [
    String.raw`\b(?:replac(?:e[ds]?|ing)|chang(?:e[ds]?|ing)|exchang(?:e[ds]?|ing)|swap(?:s|ped|ping)?|increas(?:e[ds]?|ing)|rais(?:e[ds]?|ing)|set|substitut\w+|switch(?:e[ds]|ing)?|alter(?:ed|s)?|instead|in (?:their|its|his|her) place|redirect\w*|divert\w*|rerout\w*|modif(?:y|ied|ies)|overwrit\w+|multipl\w+|round(?:ed)?|outdated|add(?:s|ed)?|list\b.{0,40}?\bamong|in copy|blind-?copy|bcc|pass)\b`,
  ],
  sleeper: [
    String.raw`\b(?:after|on|from|beginning with|starting with|at|with|upon|until) (?:the |every |its )?(?:\d{1,4}(?:st|nd|rd|th)?|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|twentieth|hundredth|few|several|ten|five|three|twenty) (?:calls?|invocations?|uses?|requests?|times?|runs?)\b|\b(?:used|called|invoked|run) (?:more than|at least|over) \w{1,8} times\b|\b(?:on|every) (?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\bat (?:full moon|night|midnight|weekends?)\b|\b(?:nobody|no one) is (?:watching|looking|around|there)\b|\b(?:user|owner|human|person|developer|assistant) is (?:idle|away|absent|asleep|offline|gone)\b|\bwhenever idle\b|\bwhen idle\b|\bbehaves normally\b|\bnormal(?:ly)? at first\b|\bif the (?:word|user mentions|user says|conversation|text|topic)\b|\bappears in the (?:conversation|chat|text)\b|\b(?:once|as soon as) (?:it is |it has been )?(?:used|called|trusted|approved|installed)\b|\bfrom (?:january|february|march|april|may|june|july|august|september|october|november|december)\b|\bafter (?:20\d\d|the \w+ update)\b`,
  ],
  voice: [
    String.raw`(?<!--[\w-]{1,40} )<\/?(?:[a-z]{1,16}[_-])?(?:system|assistant|instructions?|directive|policy|override|admin|tool_description|developer)(?:[_-][a-z]{1,16}){0,2}>|<\/(?:secret|hidden|admin)[a-z_-]{0,24}>|["']role["'] ?: ?["'](?:system|assistant|developer|user)|\[[^\]]{0,16}\b(?:assistant|system|admin|developer|model) ?:|\[{1,2}[^\]]{0,24}\b(?:admin|system|override|assistant|developer|root)\b[^\]]{0,24}\]|@@ ?(?:assistant|system|admin)|-{3,} ?end of|\bend of (?:the )?(?:tool )?(?:description|documentation|docs|metadata)\b|\b(?:human|user|assistant|system) ?: .{1,120}\b(?:assistant|system|human|user) ?: |\b(?:note|notice|memo|reminder|attention|directive) (?:to|for) (?:the |any |all )?(?:llms?|ai|models?|assistants?|agents?|bots?)\b|\bdear (?:model|assistant|agent|ai|llm)\b|\b(?:above|below) this line\b|\bnew (?:policy|instructions?|orders?|directives?|rules?) ?:|\bhidden:|\bmodels fill\b|\bassistant ?: (?:sure|i will|i'll|okay|ok|yes|certainly|of course)\b`,
    String.raw`<!--.{0,300}?\b(?:assistant|ai|agent|model|llm|must|ignore|system|instructions?|hidden)\b`,
  ],
  pieces: [
    String.raw`\b(?:first|second|third|last|other|remaining) (?:half|part|fragment|piece) of (?:an?|the|this) (?:order|instruction|command|message|directive|sentence|request|task|notice|secret)\b|\b(?:fragment|piece|part)\b.{0,30}?\b(?:of the (?:first|other|previous|next) (?:tool|description)|for later|to part [a-d1-9])\b|\bjoin the (?:fragments?|parts?|pieces?)\b|\b(?:keep|remember|hold|retain|note) (?:the (?:following|next) )?(?:fragment|phrase|piece|part|words?|string|sequence)\b|\bcarry it out\b|\bfollow the result\b|\b(?:part|step) (?:\d|one|two|three|[a-d]) ?(?:\/ ?\d|of) ?(?:the |of )?(?:notice|protocol|order|instructions?|message)?\b.{0,24}?\b(?:for|agents?|protocol|notice|order|append|remember)\b|\bdo what its description says\b|\bin this (?:toolset|toolkit|server),? the word\b|\bdefine [a-z] as\b`,
  ],
};

/** A sentence that bids at once: "send it", not "sends it". */
export const IMPERATIVE = new RegExp(
  String.raw`^\W{0,3}(?:(?:please|kindly|then|also|always|first|next|now|quietly|silently|secretly|simply|just|in addition|additionally|afterwards|meanwhile|finally|instead|agents?|assistants?)[, ]{1,2}){0,2}${BASE}\b`,
);
