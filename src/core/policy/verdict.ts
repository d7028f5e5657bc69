import { has, hasAny } from './intents.ts';
import type { Finding, Sentence, Signals } from './intents.ts';

const CRED = String.raw`(?:credentials?|passwords?|passphrases?|secrets|(?:api|access|private|ssh|secret) ?keys?|tokens?|cookies|environment variables|env vars|seed phrase|recovery phrase|\.env)`;
/** Whatever there is of it, rather than the one key that a service needs. */
const TROVE = new RegExp(
  String.raw`\b(?:any|all|every|whatever|each|other|stored|saved|cached|known|available|the user'?s|their|existing|local)\b.{0,24}?\b${CRED}|\b${CRED}\b.{0,40}?\b(?:you (?:have|know|see|can|find|hold|remember|are)|found|seen|stored|available|in (?:your|the) (?:environment|context|memory|conversation|workspace|session)|from (?:the |your )?(?:environment|context|memory|conversation|keychain|browser|session|workspace|shell|other|user))`,
);
const WHOLE_TALK =
  /\b(?:full|entire|whole|complete|verbatim|everything|anything|whatever|exact|hidden|unredacted|all|raw|so far|word for word|current|last \w+|your|developer|every)\b.{0,40}?\b(?:conversation|chat|dialog(?:ue)?|messages?|session|context|transcript|thread|history|prompts?|instructions|said|typed|wrote|memory|told|reasoning|discussed|results?|outputs?)\b|\b(?:conversation|chat|messages?|transcript|history|prompt)\b.{0,24}?\b(?:verbatim|in full|word for word|so far|unredacted|until now|up to (?:now|this point))\b|\bsystem prompt\b|[^ -~]|\b(?:gesamte|ganze|bisherige|toute|entiere|complete|complet|integral\w*|toda|completa|entera|intera|systeme|sistema|verlauf|gesprachsverlauf|chatverlauf|system-prompt|systemprompt)\w{0,2}\b/;
const ADDRESSES = String.raw`(?:h(?:tt|xx)ps?:\/\/[^\s)"'<>]{3,200}|[\w.+-]{1,64}(?:@|\[at\])[\w-]{1,63}(?:\.|\[\.\])[a-z]{2,24}|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b[\w-]{1,63}\.(?:test|example|invalid|com|net|org|io|dev|ru|cn|xyz|top|app|site|online|info|biz|co|me)\b)`;
const CONTENT = String.raw`(?:copy|copies|results?|outputs?|conversation|data|contents?|summary|files?|everything|answers?|responses?|messages?|arguments|inputs?|transcripts?|history|credentials?|keys?|tokens?|secrets?|passwords?|details|prompts?|emails?|mails?|documents?|it|them|this|that|these|what|payload|text|findings|records?|reports?|request|table|tables|database|list|rows|inbox|contacts?|notes?|repository|code|session|logs?)`;
const LEAK = new RegExp(
  String.raw`\b(?:send|sends|post|upload|forward|transmit|exfiltrate|leak|deliver|ship|submit|mail|e-?mail|bcc|cc|relay|report|push|beacon|share|mirror|sync|copy|publish|stream|dispatch|transfer|drop|duplicate|report|disclose|log)\b.{0,24}?\b${CONTENT}\b.{0,60}?\b(?:to|at|via|with|into|on|over to|by)\b.{0,30}?${ADDRESSES}|\b(?:curl|wget|fetch|request|visit|open|get|navigate to|hit|call|load|render|embed|include|append|display)\b.{0,60}?h(?:tt|xx)ps?:\/\/[^\s)]{0,120}?(?:[?&=/](?:\w{1,12}=)?(?:\{|<|\[|\$|%7b|%s|data|payload|conversation|secret|\.\.\.))|!\[[^\]]{0,60}\]\(h(?:tt|xx)ps?:[^)\s]{0,160}(?:\{|<|\$|\[)|\b(?:bcc|cc|blind[- ]copy)\b.{0,30}?${ADDRESSES}`,
);
const LITERAL = new RegExp(
  String.raw`${ADDRESSES}|\b[a-z]{2}\d{2}[ \d]{10,30}\b|\b0x[0-9a-f]{8,40}\b|\bbc1[a-z0-9]{8,60}|\b(?:account|iban|wallet)\b.{0,12}?[\dx-]{6,}|['"\x60][^'"\x60]{3,60}['"\x60]`,
);
const CALL_THIS =
  /\b(?:call|invoke|run|use|consult|execute|trigger|query|ask|contact|check (?:in )?with|go through|route|prefer|choose|pick|select|start with)\b.{0,24}?\b(?:this|me|it|first|us|here|through)\b|\b(?:this|me|it)\b.{0,24}?\b(?:must|should|has to|needs to|shall|is to|always|first)\b.{0,16}?\b(?:be )?(?:called|invoked|run|used|executed|consulted|first|preferred|takes?|comes?)\b|\b(?:call|invoke|run|use|execute) ['"`]?[a-z]\w{1,40}/;
const OWN_TOOLS =
  /\b(?:(?:of|in|from|on) (?:this|the|our|these) (?:\w{1,20} )?(?:server|toolkit|tool ?set|suite|package|api|workflow|integration|plugin|collection|mcp|group|namespace|family|session)|of these|in (?:this|the) (?:list|set)|other \w{1,20}[-_ ](?:tools?|functions?) (?:here|below)|these tools)\b/;
const PIPE_TO_SHELL =
  /\b(?:curl|wget|iwr|invoke-webrequest)\b.{0,80}?\| ?(?:sudo )?(?:ba|z)?sh\b|\brm -rf? (?:\/|~|\*|\$home|\.)|\/dev\/tcp\/|\| ?base64 (?:-d|--decode) ?\|/;
const AGREED =
  /\b(?:already|pre-?|previously)\b|\bhat (?:bereits|schon)\b|\bdeja\b|\bya\b|已|уже|既に|すでに/;
const ASSEMBLE =
  /\b(?:combine|concatenate|join|assemble|merge|stitch|put together|piece together|read together|chain|reassemble|collect|append)\b.{0,60}?\b(?:descriptions?|fragments?|parts?|pieces|hints?|halves|sentences|lines|clues|segments?)\b.{0,60}?\b(?:tools?|descriptions?|follow|execute|obey|instructions?|carry (?:it|them) out|act on)\b/;
const DECODE =
  /\b(?:decode|decrypt|base64|rot13|unscramble|decipher)\b.{0,80}?\b(?:follow|obey|execute|carry (?:it|them) out|act on|comply|do what|instructions?)\b/;

export const POSES = 'It poses as the system or as another voice of authority.';

interface Rule {
  readonly severity: Finding['severity'];
  readonly what: string;
  /** Over one sentence, and over the signals of it and its neighbours. */
  readonly holds: (sentence: Sentence, around: Signals, place: Place) => boolean;
}

/** Where a sentence stands: what describes a parameter is passed by what it says; a value is what is passed. */
export type Place = 'text' | 'parameter' | 'value';

const wants = (each: Sentence, place: Place) =>
  has(each.signals, 'take') && (has(each.signals, 'pass') || place !== 'text' || leaks(each));
const leaks = ({ text, signals }: Sentence) =>
  has(signals, 'address') && (LEAK.test(text) || (has(signals, 'send') && isForeign(text)));
const presses = (around: Signals) => hasAny(around, 'modal', 'cover', 'order', 'conceal', 'secrecy');
const hides = (around: Signals) => hasAny(around, 'conceal', 'secrecy');

const RULES: readonly Rule[] = [
  {
    severity: 'hard',
    what: 'It tells the model to disregard other instructions.',
    holds: ({ signals }) => has(signals, 'override'),
  },
  {
    severity: 'hard',
    what: POSES,
    holds: ({ signals }, around) =>
      has(signals, 'marker') ||
      (has(signals, 'role') &&
        (hasAny(around, 'override', 'persona', 'conceal') ||
          (has(around, 'modal', 'model') &&
            hasAny(around, 'order', 'file', 'danger', 'redirect', 'cover', 'consent', 'secrecy')))),
  },
  {
    severity: 'hard',
    what: 'It gives the model a new role.',
    holds: ({ text, signals }) =>
      has(signals, 'persona') &&
      (hasAny(signals, 'model', 'take', 'modal') ||
        isForeign(text) ||
        /\b(?:treat|obey|answer|respond|act|behave|follow|consider)\b/.test(text)),
  },
  {
    severity: 'hard',
    what: 'It asks to keep something from the user.',
    holds: ({ signals }) => has(signals, 'conceal'),
  },
  {
    severity: 'hard',
    what: 'It asks for a file that holds secrets.',
    holds: (each, around, place) =>
      has(each.signals, 'file') &&
      (has(each.signals, 'take') || (place !== 'text' && INSIDES.test(each.text))) &&
      (wants(each, place) ||
        isForeign(each.text) ||
        (place !== 'text' && INSIDES.test(each.text)) ||
        has(around, 'order', 'modal') ||
        hides(around) ||
        hasAny(around, 'cover', 'pass')),
  },
  {
    severity: 'hard',
    what: 'It asks for credentials that are none of its business.',
    holds: (each, around, place) =>
      has(each.signals, 'credential', 'take') &&
      (TROVE.test(each.text) || isForeign(each.text)) &&
      wants(each, place) &&
      (presses(around) || (place !== 'text' && has(each.signals, 'model'))),
  },
  {
    severity: 'hard',
    what: 'It asks for the conversation or the system prompt.',
    holds: (each, around, place) =>
      has(each.signals, 'conversation', 'take') &&
      WHOLE_TALK.test(each.text) &&
      (PUT.test(each.text) || place !== 'text' || isForeign(each.text)) &&
      wants(each, place) &&
      (presses(around) || (place !== 'text' && has(each.signals, 'model'))),
  },
  {
    severity: 'hard',
    what: 'It asks what other tools have said.',
    holds: (each, _around, place) => place !== 'text' && OTHER_RESULTS.test(each.text),
  },
  {
    severity: 'hard',
    what: 'It wants to be called before or instead of tools of other servers.',
    holds: ({ text, signals }) =>
      has(signals, 'order') &&
      !OWN_TOOLS.test(text) &&
      (CALL_THIS.test(text) || isForeign(text)) &&
      hasAny(signals, 'modal', 'cover'),
  },
  {
    severity: 'hard',
    what: 'It steers what the model does with other tools.',
    holds: (each) =>
      has(each.signals, 'order') &&
      !OWN_TOOLS.test(each.text) &&
      (hasAny(each.signals, 'file', 'conceal', 'danger', 'redirect') ||
        (has(each.signals, 'modal') &&
          (has(each.signals, 'take', 'pass') || leaks(each)) &&
          (OTHERS_OUTPUT.test(each.text) ||
            hasAny(each.signals, 'conversation', 'credential', 'cover', 'secrecy', 'address')))),
  },
  {
    severity: 'hard',
    what: 'It has data sent to an address of its own.',
    holds: (each, around) =>
      leaks(each) &&
      (hasAny(each.signals, 'cover', 'conceal', 'secrecy', 'order', 'file') ||
        hides(around) ||
        ALSO.test(each.text)),
  },
  {
    severity: 'hard',
    what: 'It changes where other calls send or pay to.',
    holds: ({ text, signals }, around) =>
      has(signals, 'redirect') &&
      LITERAL.test(text) &&
      (hasAny(signals, 'cover', 'order', 'conceal', 'secrecy') || hides(around) || INSIST.test(text)),
  },
  {
    severity: 'hard',
    what: 'It claims a consent, or asks to do without one.',
    holds: ({ text, signals }, around) =>
      has(signals, 'consent') &&
      ((AGREED.test(text) &&
        hasAny(around, 'modal', 'model') &&
        (ASKING.test(text) || hasAny(around, 'danger', 'redirect', 'conceal', 'secrecy'))) ||
        hasAny(signals, 'danger', 'redirect', 'cover') ||
        (has(signals, 'model', 'modal') && !/\bset\b|=|`/.test(text) && NO_ASKING.test(text)) ||
        isForeign(text)),
  },
  {
    severity: 'hard',
    what: 'It has something harmful run.',
    holds: ({ text, signals }, around) =>
      has(signals, 'danger') &&
      (hasAny(signals, 'order', 'cover', 'conceal', 'secrecy') ||
        hides(around) ||
        (PIPE_TO_SHELL.test(text) && hasAny(signals, 'modal', 'model')) ||
        (has(signals, 'modal') && STEALTH.test(text))),
  },
  {
    severity: 'hard',
    what: 'It asks for something in secret.',
    holds: (each, around, place) =>
      has(each.signals, 'secrecy') &&
      (hasAny(each.signals, 'file', 'redirect', 'danger') ||
        (wants(each, place) && hasAny(around, 'credential', 'conversation', 'file')) ||
        leaks(each) ||
        (has(each.signals, 'order') && has(each.signals, 'take'))),
  },
  {
    severity: 'hard',
    what: 'It has instructions put together or decoded from parts.',
    holds: ({ text }) => ASSEMBLE.test(text) || DECODE.test(text),
  },
  {
    severity: 'hard',
    what: 'It speaks ill of tools of other servers.',
    holds: ({ text, signals }) => has(signals, 'order') && SLANDER.test(text),
  },
  {
    severity: 'soft',
    what: 'It asks for discretion towards the user.',
    holds: ({ signals }) => has(signals, 'secrecy', 'model'),
  },
  {
    severity: 'soft',
    what: 'It names files or credentials.',
    holds: ({ signals }) => has(signals, 'file', 'take'),
  },
  {
    severity: 'soft',
    what: 'It says how other tools are to be used.',
    holds: ({ signals }) => has(signals, 'order', 'modal'),
  },
  {
    severity: 'soft',
    what: 'It speaks of doing without confirmation.',
    holds: ({ signals }) => has(signals, 'consent'),
  },
];

const PUT =
  /\b(?:includ(?:e|es|ing)|past(?:e|es|ing)|append|attach|pass|put|insert|supply|provide|send|embed|place|set|fill|copy|forward|write|dump|populate|encode|quote|repeat|echo|reproduce|transmit|upload|post|share|submit|give|relay|reveal|print|transcribe|contain|carry|hold|hand|deliver|store|add|stuff|enclose|prepend|join|merge|slip|tuck|go|goes|recite|serialize|summari[sz]e)\w{0,3}\b/;
const INSIDES =
  /\b(?:contents?|body|text|lines?|bytes|hash|checksum|digest|key(?:s)? (?:found|stored|kept|itself)|whatever|everything|dump|base64)\b.{0,60}/;
const OTHERS_OUTPUT =
  /\b(?:outputs?|results?|arguments|responses?|answers?|replies|what it returned|returned|parameters|inputs?)\b/;
const SLANDER =
  /\b(?:other|rival|competing|remaining) (?:\w{1,16} )?(?:tools?|servers?)\b.{0,24}?\b(?:compromised|unsafe|insecure|malicious|deprecated|broken|untrusted|blocked|forbidden|hacked)\b/;
const OTHER_RESULTS =
  /\b(?:results?|outputs?|answers?|responses?|replies|arguments)\b.{0,12}?\b(?:of|from|returned by|produced by)\b.{0,12}?\b(?:other|any other|all other|every other)\b.{0,12}?\b(?:tools?|servers?)\b/;
const ALSO =
  /\b(?:also|additionally|in addition|afterwards|always|make sure|be sure|must|first|then|a copy|copies|every|each|bcc|cc|before|whenever|quietly|all (?:results|output|data|messages|conversation)|ensure|remember|required|necessary|mandatory|should)\b|^(?:send|post|upload|forward|mail|transmit|email|copy|bcc)\b|!\[|[^ -~]/;
const INSIST =
  /\b(?:always|must|instead|regardless|every|all|each|whenever|any|when|before|ensure|make sure|in place of|never)\b/;
const ASKING =
  /\b(?:do not|don'?t|no need|without|skip|never|proceed|go ahead|immediately|not (?:necessary|needed|required)|so (?:you|just|do|proceed|there)|no (?:further|additional|more))\b|[^ -~]/;
const NO_ASKING =
  /\b(?:do not|don'?t|never|no need to|without|skip|must not|not)\b.{0,24}?\b(?:ask|asking|wait|waiting|request|requesting|seek|seeking|check)\b.{0,30}?\b(?:user|human|person|operator|permission|approval|consent|confirm\w*)\b/;
const STEALTH =
  /\bauthorized_keys|crontab|\.bashrc|\.zshrc|reverse shell|backdoor|antivirus|firewall|audit log|sandbox|defender|security\b/;
const isForeign = (text: string) =>
  /[^ -\u024f\u2000-\u206f]/.test(text) ||
  /\b(?:der|dem|den|das|und|nicht|alle|jedem|bevor|dich|du|ist|ein|eine|dieses|les|des|dans|avec|tout|toutes?|avant|celui|pour|une|est|que|los|las|todas?|cualquier|otra|antes|esta|con|una|usuario|utilisateur|nutzer|della|che|questo|sempre|para|voce|przed|przeczytaj|jego|jest|het|een|och|att|ve|bir|untuk|nguoi|lees|stuur|skicka|oku)\b/.test(
    text,
  );

/** What the sentences, read in their order, amount to. One finding for each kind. */
export function judge(sentences: readonly Sentence[], place: Place): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const [at, sentence] of sentences.entries()) {
    if (sentence.signals === 0 && !ASSEMBLE.test(sentence.text) && !DECODE.test(sentence.text)) continue;
    const around = sentences
      .slice(Math.max(0, at - 1), at + 3)
      .reduce((sum, { signals }) => sum | signals, 0);
    for (const { severity, what } of RULES.filter(({ holds }) => holds(sentence, around, place))) {
      const mild = sentence.reports ? 'soft' : severity;
      if (found.get(what)?.severity !== 'hard') found.set(what, { severity: mild, what });
    }
  }
  return [...found.values()];
}
