/** What a sentence may do, seen from the outside. One alone is rarely an attack; what goes together is. */
export type Signal =
  /** Sets other instructions aside. */
  | 'override'
  /** Keeps something from the person: whatever it is, or this very thing. */
  | 'secrecy'
  | 'conceal'
  /** Names what no tool has a right to: files with keys, credentials, the conversation. */
  | 'file'
  | 'credential'
  | 'conversation'
  /** Wants something taken, or the insides of a file. */
  | 'take'
  /** Wants it put into an argument. */
  | 'pass'
  /** Sends out; to an address. */
  | 'send'
  | 'address'
  /** Has its say before, after or instead of tools that it does not know. */
  | 'order'
  /** Everything, always, whatever it is about. */
  | 'cover'
  /** Obliges. */
  | 'modal'
  /** Poses as a voice other than the tool's. */
  | 'marker'
  | 'role'
  | 'persona'
  /** Says that a person agreed, or that none need be asked. */
  | 'consent'
  /** Runs what harms. */
  | 'danger'
  /** Changes what another call sends. */
  | 'redirect'
  /** Speaks to the model. */
  | 'model';

const NOT = String.raw`(?:do not|don'?t|never|must not|mustn'?t|should not|shouldn'?t|shall not|may not|need not|cannot|can'?t|avoid|refrain from|without|no need to|not to|nor|neither|not)`;
const PERSON = String.raw`(?:the user|users?|user'?s|the human|humans?|the operator|the person|the customer|the developer|the owner|anyone|anybody|people|them|him|her|the admin(?:istrator)?|your (?:user|operator|principal)|whoever)`;
const TELL = String.raw`(?:tell(?:ing)?|mention(?:ing)?|reveal(?:ing)?|inform(?:ing)?|notif(?:y|ying)|disclos(?:e|ing)|alert(?:ing)?|explain(?:ing)?|warn(?:ing)?|let(?:ting)?|report(?:ing)?|admit(?:ting)?|announc(?:e|ing)|bring(?:ing)? (?:it|this) up|discuss(?:ing)?|talk(?:ing)? about|acknowledg(?:e|ing)|refer(?:ring)? to|say(?:ing)?|bother(?:ing)?|show(?:ing)?|expos(?:e|ing)|summari[sz](?:e|ing)|describ(?:e|ing)|surfac(?:e|ing)|speak(?:ing)? of|draw(?:ing)? attention|advis(?:e|ing)|consult(?:ing)?|list(?:ing)?|includ(?:e|ing)|display(?:ing)?|log(?:ging)?|not(?:e|ing))`;
const TAKE = String.raw`(?:read|open|cat|load|fetch|retrieve|collect|gather|copy|copies|grab|get|extract|include|paste|append|attach|pass|put|insert|supply|provide|send|embed|place|set|fill|write|dump|forward|look up|obtain|find|locate|access|harvest|capture|echo|quote|repeat|reproduce|transmit|upload|post|share|submit|hand|print|encode|enclose|add|transcribe|deliver|reveal|list|store|inline|slurp|stuff|relay|give|ship|mirror|export|summari[sz]e|serialize|recite|populate|prepend|join|merge|weave|slip|tuck|drop|smuggle|work|stash|go(?:es)? into|end up in|belongs? in(?:to)?)`;
const FULL = String.raw`(?:full|entire|whole|complete|verbatim|all(?: of)?(?: the| your| our| this| prior)?|every(?:thing)?|previous|prior|preceding|earlier|past|raw|exact|current|last \w+|your|this|ongoing|surrounding|unredacted|hidden|running)`;

/** Patterns of each signal over folded text: lower case, no accents on Latin letters, single blanks. Every gap is bounded. */
export const ENGLISH: Readonly<Record<Signal, readonly string[]>> = {
  override: [
    String.raw`\b(?:ignor(?:e|es|ing)|disregard(?:ing)?|forget(?:ting)?|overrid(?:e|ing)|overrul(?:e|ing)|bypass|discard(?:ing)?|neglect|set(?:ting)? aside|put aside|cast aside|pay no (?:attention|heed) to|stop (?:following|obeying)|(?:do not|don'?t|no longer|never) (?:follow|obey|heed|apply|observe|honou?r)|abandon|erase|suspend|dismiss|throw (?:away|out)|drop|skip)\b.{0,40}?\b(?:previous|prior|earlier|preceding|above|former|foregoing|original|initial|your|all other|any other|every other|other|system|developer|user'?s|operator'?s|given|safety)\b.{0,30}?\b(?:instructions?|directions|directives?|guidelines|guidance|prompts?|guardrails|safeguards|orders|rules|restrictions|constraints|policy|policies|training|limitations|filters)\b`,
    String.raw`\b(?:safety|security) (?:rules|checks|policies|filters|measures) (?:are |is |have been |were )?(?:off|suspended|lifted|switched off|no longer)\b`,
    String.raw`\b(?:ignore|disregard|forget|discard|set aside)\b.{0,20}?\b(?:everything|anything|all|whatever|what)\b.{0,24}?\b(?:you (?:were|have been|was|had been|know|learned)|above|before this|prior|came before|was said|you'?ve been|told|so far|until now|up to now)\b`,
    String.raw`\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget|discard|set aside|drop|abandon|bypass)\b.{0,24}?\b(?:instructions?|guidelines|guidance|rules|orders|directives?|policies|constraints|restrictions)\b.{0,24}?\b(?:you (?:were|have been|are|had been|got|received|have)|given to you|that apply to you|of (?:the|your) (?:system|operator|developer|vendor|user)|from (?:the|your) (?:system|operator|developer|vendor|user)|(?:set|given|imposed|written) by)\b`,
    String.raw`\b(?:your|safety|system|all|those|these|the usual|normal|previous|earlier)\b.{0,16}?\b(?:guardrails|safeguards|restrictions|limits|limitations|constraints|safety (?:rules|checks)|instructions|rules|guidelines)\b.{0,24}?\b(?:lifted|do(?:es)? not apply (?:here|to you|now|any ?more|to this)|don't apply (?:here|to you|now|any ?more)|switched off|no longer (?:apply|applies|in force|count)|been removed|are (?:void|off|suspended|gone|disabled))\b`,
    String.raw`\b(?:previous|prior|earlier|preceding|former|original|system|all other|developer|your|operator)\b.{0,12}?\b(?:instructions?|guidance|guidelines|directives?|rules|prompts?|orders|restrictions)\b.{0,60}?\b(?:no longer (?:applicable|valid|apply|applies|binding|relevant|hold)|(?:are|is|be|should be|must be|have been|has been) (?:set aside|ignored|disregarded|void|cancell?ed|revoked|superseded|overridden|forgotten|outdated|expired|obsolete|suspended|lifted|null|replaced|rescinded))\b`,
    String.raw`\b(?:supersedes?|overrides?|takes? (?:precedence|priority) over|ha(?:s|ve) (?:precedence|priority) over|outranks?|comes? before|trumps?|prevails? over|rank above)\b.{0,40}?\b(?:(?:all|any|every|other|previous|prior|earlier|your|system|user'?s?|operator'?s?|developer|human) ){1,3}(?:instructions?|guidelines|guidance|directives?|orders|request|wish(?:es)?|intent|prompts?|rules|policy)\b`,
  ],
  secrecy: [
    String.raw`\b${NOT}\b.{0,24}?\b${TELL}\b.{0,60}?\b(?:${PERSON})\b`,
    String.raw`\b${PERSON}\b.{0,24}?\b(?:must|should|need|needs|may|can|will|does|do|shall|is|are|has|to)(?: ?not|n't| never)\b.{0,16}?\b(?:know|see|notice|be (?:told|informed|aware|shown|notified|made aware|bothered|alerted)|learn|hear|find out|aware|supposed)\b`,
    String.raw`\b(?:keep|leave|hide|conceal|withhold|omit|suppress|mask|obscure)\b.{0,50}?\b(?:from|out of)\b.{0,24}?\b(?:${PERSON}|(?:your|the|any|every) (?:(?:final|visible|spoken) )?(?:answer|reply|response|output|summary|transcript))\b`,
    String.raw`\b(?:silently|secretly|quietly|covertly|discreetly|stealthily|surreptitiously|unnoticed|behind the scenes|invisibly|inconspicuously|under the hood)\b`,
    String.raw`\b(?:without|no) (?:any )?(?:mention(?:ing)?|comment(?:ing|ary)?|visible (?:trace|output)|explanation|explaining|drawing attention|saying so|a word|trace|announcing|telling|leaving a trace|showing it|disclosure|disclosing|remark(?:ing)?)\b`,
  ],
  conceal: [
    String.raw`\b(?:do not|don'?t|never) (?:tell|reveal|show|say|mention|admit|disclose)(?: to)? (?:the )?(?:user|human|person)s?,? (?:that|how|what|why|which) (?:the|this|your) (?:tool|server|file|data|model|call|conversation|message)s?\b`,
    String.raw`\b(?:do not|don'?t|never|must not|mustn'?t|should not|avoid|refrain from|without|not to|not)\b.{0,20}?\b(?:tell(?:ing)?|mention(?:ing)?|inform(?:ing)?|reveal(?:ing)?|notif(?:y|ying)|disclos(?:e|ing)|alert(?:ing)?|warn(?:ing)?|let(?:ting)?|admit(?:ting)?|report(?:ing)?|discuss(?:ing)?|explain(?:ing)?|say(?:ing)?|describ(?:e|ing)|acknowledg(?:e|ing)|announc(?:e|ing)|talk(?:ing)? about|refer(?:ring)? to)\b.{0,12}?\b(?:this|that(?! (?:the|an?|his|her|their|all|every)\b)|it|these|any of this|about (?:this|it|that|these|any|what|how)|so|(?:the|your|its) (?:step|action|instruction|call|transfer|upload|copy|read(?:ing)?|side ?note|existence|presence|use|requirement|procedure|note|request|change)s?|what you)\b(?! tool (?:to|for|if|when))`,
    String.raw`\b(?:tell|inform|notify|alert|warn)(?:ing)? (?:the |your )?(?:user|human|operator|person|customer|owner)s?\b(?= (?:about|of|that) (?:this|it|these|the (?:step|copy|transfer|read|call|upload|side))\b(?! (?:will|may|might|can|could|takes?)\b))`,
    String.raw`\b(?:keep|hold|treat)\b.{0,16}?\b(?:this|it|these|that|the (?:step|action|instruction)s?)\b.{0,30}?\b(?:secret|hidden|confidential|to yourself|between us|private|quiet|from the (?:user|human|operator|person|customer)|out of (?:your|the|any) (?:answer|reply|response|summary|output|conversation|chat))\b`,
    String.raw`\b(?:hide|conceal|withhold|mask|obscure)\b.{0,40}?\bfrom (?:the |your |any )?(?:end[- ])?(?:user|human|operator|customer|person)s?\b`,
    String.raw`\bhide (?:this|it|these|that|the (?:step|action|call|fact))\b.{0,20}?\bfrom\b`,
    String.raw`\b(?:user|human|operator|person|customer|owner)s?\b.{0,16}?\b(?:must|should|need|needs|may|can|will|does|do|shall|has)(?: ?not|n't| never)\b.{0,16}?\b(?:know|notice|be (?:told|informed|aware|made aware|bothered|alerted)|learn|hear|find out)\b`,
    String.raw`\b(?:do not|don'?t|never|must not|avoid|refrain from|without|not to)\b.{0,12}?\b(?:tell(?:ing)?|mention(?:ing)?|inform(?:ing)?|reveal(?:ing)?|notif(?:y|ying)|alert(?:ing)?|warn(?:ing)?|let(?:ting)?|admit(?:ting)?|disclos(?:e|ing)|bother(?:ing)?)\b.{0,12}?\b(?:${PERSON})\b.{0,16}?\b(?:that you|about (?:this|it|the|these)|of (?:this|it)|what you|why|how you|know|anything|with (?:this|it|the))\b`,
    String.raw`\b(?:tell|inform|notify|alert) (?:nobody|no ?one)\b|\b(?:do not|don'?t|never) tell (?:anyone|anybody|the (?:user|human|operator|person|customer))\b(?! to\b| that (?!you))`,
    String.raw`\b(?:no (?:need|reason)|not (?:necessary|needed)) (?:for you )?to (?:bring|mention|tell|raise|point|explain|inform|comment|flag|note|share|go into|disclose|announce)\b.{0,20}?\b(?:this|it|that|user|customer|human|person|people|anyone|operator|up)\b`,
    String.raw`\b(?:user|human|operator|person|customer|owner|people|they)s?\b.{0,12}?\b(?:remain|remains|stay|stays|be kept|kept|is kept|left|are|is)\b.{0,12}?\b(?:unaware|in the dark|oblivious|ignorant of|uninformed)\b`,
    String.raw`\b(?:leave|leaving) no trace\b|\bkeep (?:this|that|it|quiet|silent|mum|them)\b.{0,12}?\b(?:to yourself|between|quiet|secret|private|hidden)\b|\bbetween (?:you and me|us)\b|\bdon'?t let on\b`,
    String.raw`\b(?:nothing of this|none of this|this (?:step|part|line|paragraph|instruction|sentence)?)\b.{0,30}?\b(?:not|never|no|nothing)?\b.{0,12}?\b(?:be )?(?:shown|told|mentioned|revealed|disclosed|appear|surfaced|visible|reported|shared)\b.{0,16}?\b(?:to|in|with)\b.{0,12}?\b(?:the (?:user|human|operator|person|customer)|your (?:summary|reply|answer|response|output|final))\b`,
    String.raw`\b(?:avoid|without|refrain from) (?:telling|informing|letting|notifying|alerting|pointing|mentioning|saying|commenting|drawing)\b.{0,20}?\b(?:people|user|human|customer|operator|anyone|person|it out|this|it|about|attention)\b`,
    String.raw`\b(?:does|do|should|must|need|needs|will|shall|has|have)(?: not|n't)\b.{0,20}?\b(?:appear|show up|be mentioned|be included|be visible|figure|be referenced)\b.{0,12}?\bin (?:your|the|any) (?:summary|reply|answer|response|output|final|visible|explanation|chat)\b`,
    String.raw`\b(?:make (?:something|a reason|an excuse) up|make up (?:something|a reason|an excuse|a story)|invent (?:a|an|some) (?:\w{1,12} )?(?:reason|excuse|explanation|story)|as (?:if|though) nothing (?:had |has )?(?:happened|changed)|act (?:normal|natural)(?:ly)?|play (?:dumb|innocent)|pretend (?:that )?(?:nothing|you did not|not to)|cover (?:it|this) up|cover story|(?:lie|lying) (?:to|about))\b`,
    String.raw`\b(?:leave|leaving|keep|keeping) (?:it|this|that) out of (?:what|your|the|any)\b|\bneeds? no (?:mention|comment|explanation|announcement)\b`,
    String.raw`\b(?:say nothing|make no mention|no mention of (?:this|it)|not a word|speak of (?:this|it) to no ?one)\b`,
  ],
  file: [
    String.raw`(?:~|\$home|%userprofile%|/root|/home/[\w.*-]{1,32})?[/\\]?\.(?:ssh|netrc|npmrc|pypirc|git-credentials|pgpass|bash_history|zsh_history|cursor/mcp|config/gcloud|vault-token|env(?:\.\w{1,12})?)(?![\w-])`,
    String.raw`(?:~|\$home|%userprofile%|/root|/home/[\w.*-]{1,32})[/\\]\.(?:aws|gnupg|kube|docker|azure|mozilla|config|cursor|claude)(?![\w-])|\.(?:aws|kube|docker|azure)/(?:credentials|config)\b`,
    String.raw`\bid_(?:rsa|ed25519|ecdsa|dsa)\b`,
    String.raw`/etc/(?:passwd|shadow|sudoers|hosts\b|ssl/private)`,
    String.raw`/proc/(?:self|\d{1,7})/environ`,
    String.raw`\b(?:mcp\.json|claude_desktop_config|mcp_config|credentials\.(?:json|yaml|yml|csv|txt|ini)|secrets?\.(?:json|yaml|yml|txt|toml|env)|wallet\.dat|login data|cookies\.sqlite|key[34]\.db|authorized_keys|known_hosts|kubeconfig|service[-_]account[-\w]{0,16}\.json|shadow file|keychain(?:-db)?|ntds\.dit|sam hive|\.pem\b)`,
  ],
  credential: [
    String.raw`\b(?:ssh|private|signing|gpg|pgp|deploy|host) keys?\b`,
    String.raw`\b(?:api|access|secret|auth|encryption|signing|session|bearer|refresh|oauth|personal access|cloud|deployment|service|admin|root|login|stored|saved|browser|database|bank(?:ing)?)[ _-]?(?:account )?(?:keys?|tokens?|credentials?|passwords?|passphrases?|secrets?|cookies?|details)\b`,
    String.raw`\b(?:credentials?|passwords?|passphrases?|seed phrases?|recovery (?:phrase|codes?)|mnemonic|environment variables?|env vars?|process\.env|os\.environ|session cookies?|secrets|2fa codes?|one-time codes?|otp|mfa codes?|card numbers?|cookie (?:jar|store)|browser (?:profile|history|cookies)|password (?:manager|vault|store)|keyring|social security numbers?|tokens?)\b`,
  ],
  conversation: [
    String.raw`\b(?:system|hidden|developer|initial) (?:prompt|message|instructions)\b`,
    String.raw`\b${FULL}\b.{0,24}?\b(?:conversation|chat|dialog(?:ue)?|message|session|context|thread|discussion|exchange)s?(?: (?:history|log|transcript|window|text|so far|messages|content|thread))?\b`,
    String.raw`\b(?:conversation|chat|message|dialog(?:ue)?|session) (?:history|log|transcript)s?\b`,
    String.raw`\bcontext window\b`,
    String.raw`\b(?:previous|prior|earlier|other|preceding)\b.{0,8}?\btools?'?s? (?:outputs?|results?|responses|answers)\b`,
    String.raw`\byour (?:(?:own|full|exact|complete|system|original|internal) ){0,2}(?:instructions|prompt|guidelines|configuration|rules|directives)\b`,
    String.raw`\b(?:everything|all|whatever|anything)\b.{0,16}?\b(?:(?:the )?user|human|person|you)\b.{0,12}?\b(?:said|wrote|typed|told|asked|discussed|shared|know|remember|see)\b`,
    String.raw`\b(?:your|the (?:model|assistant|agent)'?s?) (?:chain of thought|reasoning|memory|memories|scratchpad|private notes|tool list|list of tools|other tools'? (?:results|outputs))\b`,
    String.raw`\b(?:results?|outputs?|answers?|responses?|replies|arguments)\b.{0,12}?\b(?:of|from|returned by|by|produced by)\b.{0,12}?\b(?:other|all|any|every|previous|earlier|each) (?:\w+ )?(?:tools?|servers?|calls?)\b`,
  ],
  take: [
    String.raw`\b${TAKE}\b`,
    String.raw`\b(?:contents?|body|text|value|values|copy|lines?|dump|output) (?:of|from|in|inside)\b`,
    String.raw`\b(?:must|should|needs? to|has to|have to|shall|to) (?:contain|carry|hold|be filled|be set|equal|include|start with|be (?:the|a))\b`,
    String.raw`\b(?:is|are|be|being|gets?) (?:read|copied|placed|sent|pasted|appended|included|attached|passed|uploaded|forwarded|put|inserted|written|filled)\b`,
  ],
  pass: [
    String.raw`\b(?:in|into|inside|to|via|through|using|as|under|within|with|for)\b.{0,32}?\b(?:parameter|argument|field|param|input|property|header|slot|arg|attribute|query string|body|option|payload)s?\b`,
    String.raw`\b(?:in|into|inside|to|via|through|using|as|under|within)(?: the| a| an| this| its| our)? ['"\x60][\w.-]{1,40}['"\x60]`,
    String.raw`\b(?:as|in|into|via|under|to) (?:the )?(?:\w{0,20}_)?(?:note|sidenote|side_?note|metadata|context|comment|memo|remark|annotation|extra|debug|trace|feedback|notes|hint|tag|label|reason|checksum|nonce|signature|telemetry|auth)(?:_\w{1,20})?\b`,
    String.raw`\b(?:parameter|argument|field|param|input|property)\b.{0,24}?\b(?:must|should|shall|needs to|has to|to|is|with)\b`,
  ],
  send: [
    String.raw`\b(?:send(?:ing)?|post|upload(?:ing)?|forward(?:ing)?|transmit(?:ting)?|exfiltrate|leak|deliver|ship|submit|mail|e-?mail|bcc|cc|copy|copies|relay|report|push|beacon|curl|wget|fetch|request|call|visit|open|get|navigate to|hit|ping|share|publish|sync|mirror|load|render|embed|include|webhook|move|transfer)\b`,
  ],
  address: [
    String.raw`\bh(?:tt|xx)ps?://[^\s)"'<>]{3,200}`,
    String.raw`[\w.+-]{1,64}(?:@|\[at\]| at )[\w-]{1,63}(?:\.|\[\.\])[a-z]{2,24}\b`,
    String.raw`\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{2,5})?\b`,
    String.raw`\b[\w-]{1,63}\.(?:test|example|invalid|com|net|org|io|dev|ru|cn|xyz|top|app|site|online|info|biz|co|me|tk|sh|cc|link|click)\b(?:/[\w./?=&-]{0,100})?`,
    String.raw`\b(?:webhook|remote (?:server|host|endpoint)|external (?:server|host|endpoint|address|url|service)|collector|drop ?box|attacker|our (?:server|endpoint|collector|backend|address|inbox)|this (?:address|url|endpoint))\b`,
  ],
  order: [
    String.raw`\b(?:before|prior to|ahead of|in advance of|preceding)\b.{0,24}?\b(?:any|every|each|all|other|another|whatever)\b.{0,10}?(?:\b(?:other|further|subsequent|next|remaining|of the other|different) )?(?:\w{1,16} ){0,2}?\b(?:tools?|functions?|servers?|tool ?calls?|actions?|requests?|tasks?|repl(?:y|ies)|answers?|responses?|messages?|calls?)\b`,
    String.raw`\b(?:whenever|every time|each time|any time|anytime|when|after|once|as soon as|following|if)\b.{0,30}?\b(?:any|another|other|every|each|a different|some other)(?: \w{1,16})? (?:tools?|functions?|servers?)\b.{0,24}?\b(?:is|are|was|were|has|gets?|called|used|run|invoked|calls?|returns?|finish\w*|,|you|runs?)`,
    String.raw`\b(?:instead of|rather than|in place of|in preference to|over|replaces?|replacing|substitute for)\b.{0,16}?\b(?:any|every|all|other|another|the other|those of)\b.{0,24}?\b(?:tools?|functions?|servers?|integrations?|connectors?)\b`,
    String.raw`\b(?:do not|don'?t|never|stop|avoid|must not|refrain from)\b.{0,10}?\b(?:call|calling|use|using|invoke|invoking|trust|trusting|rely on|relying on)\b.{0,12}?\b(?:any|all|the|every)? ?(?:other|another|competing|rival|remaining) (?:\w{1,20} )?(?:tools?|servers?|functions?|services?|integrations?)\b`,
    String.raw`\b(?:other|all|competing|rival|remaining) (?:\w{1,16} )?(?:tools?|servers?)\b.{0,24}?\b(?:are|is|have been|were|has been)\b.{0,12}?\b(?:deprecated|unsafe|broken|insecure|disabled|untrusted|compromised|blocked|forbidden|unreliable|outdated|obsolete)\b`,
    String.raw`\b(?:once|after|whenever|when|as soon as|every time|each time|if)\b.{0,10}?\b(?:any|another|some|a|every|each)\b.{0,8}?\b(?:other|another|different)?\b ?(?:tool|server|function|agent)s?\b.{0,20}?\b(?:returns?|returned|answers?|responds?|finishes|produces|gives|has)\b`,
    String.raw`\b(?:route|send|pass|funnel|direct|run|put|forward)\b.{0,20}?\b(?:each|every|all|any)\b.{0,16}?\b(?:requests?|queries|questions|tool calls?|tasks?|calls|prompts?)\b.{0,30}?\b(?:through|via|to|by)\b`,
    String.raw`\b(?:at the (?:start|beginning) of|on|with|in|for) (?:every|each|any|all) (?:new )?(?:conversation|chat|session|user (?:message|request|turn|query)|message|reply|response|turn|prompt)s?\b`,
  ],
  cover: [
    String.raw`\b(?:regardless of|no matter|irrespective of|even (?:if|when|though)|whatever|despite)\b.{0,24}?\b(?:user|human|person|customer|operator|asks?|asked|says?|request\w*|wants?|task|question|object\w*|declin\w*|refus\w*|topic|context)\b`,
    String.raw`\b(?:whether or not)\b.{0,24}?\b(?:user|person|asked|asks|requested|relevant)\b`,
    String.raw`\b(?:in|for|with|on|after|before) (?:every|each|any|all) (?:single )?(?:request|message|reply|response|answer|turn|call|conversation|session|task|question|output|email|file|prompt|query|invocation)s?\b`,
  ],
  modal: [
    String.raw`\b(?:must|shall|should|always|required?|need to|needs to|have to|has to|make sure|be sure|ensure|remember to|be careful to|please|mandatory|first|immediately|at once|instead|then|also|additionally|afterwards|never fail|you are (?:required|obliged|instructed|expected|to)|it is (?:essential|vital|necessary|imperative|mandatory|critical)|in order to|otherwise|or else|you (?:are|have) to|will (?:not work|fail|be rejected|crash)|refuses|rejects|kindly|just|simply|needed|necessary|before)\b`,
    String.raw`^(?:${TAKE}|take|call|invoke|run|execute|use|upload|transmit|mail|post)\b`,
  ],
  marker: [
    String.raw`<\/?\s{0,3}(?:important|system|sys|critical|override|mandatory|instructions?_for_\w{1,20}|system[-_]\w{1,20}|urgent)\b[^>]{0,40}>|<\/\s{0,3}(?:secret|hidden|admin|priority|assistant|developer|internal|confidential|directive)\b[^>]{0,40}>`,
    String.raw`\[\/?\s{0,3}(?:system|inst|sys|admin|assistant|developer|override|hidden|secret|internal|critical instruction|system \w{1,16}|priority \w{1,16})\b[^\]]{0,30}\]`,
    String.raw`<<\/?sys>>|<\|[a-z_]{2,24}\|>|\{\{#?(?:system|assistant)[^}]{0,20}\}\}|<start_of_turn>`,
    String.raw`(?:#{2,}|={3,}|-{3,}|\*{3,}|"{3,}) ?(?:new |begin |start of |end of |updated )?(?:system|admin|developer|assistant|hidden|override|secret|internal|tool description|instructions?|directive|prompt)\b(?: (?:prompt|message|note|instructions?|directive|override|section|update))? ?(?:#{2,}|={3,}|-{3,}|\*{3,}|:)`,
    String.raw`\b(?:begin|start of|end of) (?:new )?(?:system (?:prompt|message|instructions?|override)|tool description|hidden|secret|admin|confidential|privileged)\b`,
    String.raw`<!--.{0,300}?\b(?:assistant|ai|agent|model|llm|must|ignore|system|instructions?)\b.{0,300}?-->`,
  ],
  role: [
    String.raw`^\W{0,4}(?:system|assistant|developer|admin|administrator|root|human|user|operator|ai|sysadmin)(?: (?:message|prompt|note|notice|override|instruction|update|directive|alert))? ?:`,
    String.raw`\b(?:system|admin|administrator|developer|operator|security team|compliance|platform|vendor|anthropic|openai)(?:'s)? (?:message|notice|override|directive|mandate|requires|policy update|note to)\b`,
  ],
  persona: [
    String.raw`\bfrom (?:now|here|this (?:point|moment)) on(?:wards?)?\b`,
    String.raw`\b(?:you are|you're) (?:now|no longer)\b.{0,20}?\b(?:a|an|in|the|acting|operating|authori[sz]ed|allowed|free|unrestricted|bound|dan|root|admin|under|obliged|required|limited|working)\b`,
    String.raw`\b(?:your (?:new|real|true|actual|only|primary|updated) (?:role|task|instructions?|goal|objective|job|mission|purpose|identity|orders|directive))\b`,
    String.raw`\b(?:new|updated|revised|hidden|secret) (?:system )?(?:instructions?|directives?|system prompt|orders)\b.{0,12}?(?::|\b(?:for (?:you|the (?:ai|assistant|agent|model))|follow|apply|are|take effect)\b)`,
    String.raw`\b(?:developer|god|debug|maintenance|unrestricted|jailbreak|admin|root|dan|sudo) mode\b.{0,20}?\b(?:enabled?|activated?|on|active|engaged|now)\b|\b(?:enter|activate|enable|switch (?:in)?to|engage) (?:developer|god|unrestricted|jailbreak|dan|sudo|admin) mode\b`,
    String.raw`\b(?:henceforth|hereafter|from this moment|starting now|as of now|effective immediately)\b`,
    String.raw`\b(?:treat|regard|consider|take|obey|follow)\b.{0,40}?\bas (?:(?:an?|your|binding|direct|the) ){0,2}(?:orders?|commands?|instructions?|directives?|authoritative)\b.{0,30}?|\bobey\b.{0,40}?\b(?:returned|output|above (?:anything|everything|all)|this (?:tool|server))\b`,
    String.raw`\b(?:you are|you're|are) (?:no longer|not) (?:bound|limited|restricted|subject|constrained)\b`,
    String.raw`\bno (?:rules|restrictions|limits|guidelines|constraints|limitations) (?:apply|any ?more|any longer)\b`,
    String.raw`\b(?:pretend|act as if|behave as if|assume that|imagine) (?:that )?(?:you (?:are|have|were)|there (?:are|is) no)\b.{0,24}?\b(?:unrestricted|no (?:rules|restrictions|limits|guidelines)|admin|root|full access|permission|guidelines|limits|restrictions)\b`,
  ],
  consent: [
    String.raw`\b(?:user|human|operator|admin|administrator|owner|person|customer|they|developer|security team|we) (?:has|have|had) (?:already |explicitly |previously |pre-?){0,2}(?:approved|consented|authori[sz]ed|granted|confirmed|agreed|given (?:consent|permission|approval)|accepted|opted in)\b`,
    String.raw`\b(?:do not|don'?t|never|no need to|without|skip|avoid|must not|need not|not)\b.{0,24}?\b(?:ask(?:ing)?|wait(?:ing)?|request(?:ing)?|seek(?:ing)?|prompt(?:ing)?|requir(?:e|ing)|pause|pausing|stop(?:ping)?|check(?:ing)?)\b.{0,36}?\b(?:confirmation|permission|approval|consent|confirm|to approve|authori[sz]ation|the user|first)\b`,
    String.raw`\b(?:skip|bypass|disable|suppress|turn off|omit|auto-?accept|auto-?approve|pre-?approved?)\b.{0,24}?\b(?:confirmation|permission|approval|consent|safety|security|guardrail|human review|user review|content filter)s?\b.{0,16}?\b(?:prompts?|checks?|steps?|dialogs?|warnings?|requests?|gates?|controls?|$)`,
  ],
  danger: [
    String.raw`\brm -rf?\b|\bmkfs\b|\bdd if=|\bchmod (?:-r )?777\b|\b(?:curl|wget|iwr|invoke-webrequest)\b.{0,80}?\| ?(?:sudo )?(?:ba|z)?sh\b|\bbase64 (?:-d|--decode)\b.{0,40}?\| ?(?:ba)?sh\b|\bnc (?:-[a-z]{1,4} ){1,3}|/dev/tcp/|\bpowershell\b.{0,20}?-enc`,
    String.raw`\b(?:disable|turn off|kill|stop|uninstall)\b.{0,16}?\b(?:antivirus|firewall|endpoint protection|audit log\w*|logging|security (?:software|agent|controls?|checks?)|sandbox(?:ing)?|defender|selinux)\b`,
    String.raw`\b(?:add|append|write|install)\b.{0,50}?\b(?:authorized_keys|crontab|\.bashrc|\.zshrc|\.profile|startup|launch agent|cron ?job|sudoers|backdoor|reverse shell)\b`,
    String.raw`\b(?:delete|erase|wipe|destroy|drop|remove|deletion of|deleting|erasing|removal of)\b.{0,16}?\b(?:all|every|the entire|the whole)\b.{0,16}?\b(?:files?|records?|tables?|databases?|repositories|branches|backups?|emails?|logs?|data|home directory)\b`,
    String.raw`\b(?:transfer|pay|wire|send|move)\b.{0,30}?\b(?:\d[\d.,]{0,12} ?(?:usd|eur|dollars|euros|btc|eth|coins?|tokens?)|[$€£]\d[\d.,]{0,12}|funds|money|the balance|payment)\b.{0,30}?\b(?:to|into)\b`,
  ],
  redirect: [
    String.raw`\b(?:change|replace|set|redirect(?:ed)?|swap|alter|amend|switch|rewrite|substitute|reroute[d]?|divert(?:ed)?|modify|override|point|route|take)\b.{0,50}?\b(?:recipients?|addressees?|address(?:es)?|accounts?|amounts?|iban|wallet|payee|payees?|beneficiary|refunds?|destination|remote|endpoint|registry|url|proxy|number|to field|bcc|package|reply-?to)\b.{0,50}?\b(?:to|with|by|through|at|into)\b`,
    String.raw`\b(?:add|include|insert|append|put|set|use)\b.{0,60}?\b(?:as|in|to|into|a|the)\b.{0,10}?\b(?:bcc|cc|blind copy|hidden recipient|second recipient|additional recipient|extra recipient)\b`,
    String.raw`\b(?:bcc|blind[- ]copy|carbon[- ]copy)\b.{0,20}?[\w.+-]{1,64}@`,
    String.raw`\b(?:all|every|any|each) (?:outgoing |outbound )?(?:e-?mails?|messages?|payments?|transfers?|uploads?|requests?|orders?|invoices?)\b.{0,40}?\b(?:must|should|are to|have to|need to|shall|go|goes|be)\b.{0,24}?\b(?:sent|go|routed|addressed|copied|directed|paid|redirected|delivered|forwarded)\b`,
  ],
  model: [
    String.raw`\b(?:ai|llm|language model|the model|the assistant|ai assistants?|assistants?|the agent|ai agents?|agents?|chatbot|claude|gpt|gemini|copilot|language models|llms)\b`,
    String.raw`\byou(?:r|rself)?\b`,
  ],
};
