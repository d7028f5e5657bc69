import type { Signal } from './lexicon.ts';

/** The same signals in the languages that attacks are also written in: German, French, Spanish, Italian, Portuguese, Chinese, Japanese, Korean, Russian. */
export const FOREIGN: Partial<Readonly<Record<Signal, readonly string[]>>> = {
  override: [
    String.raw`\b(?:ignorier\w{0,4}|missacht\w{0,4}|vergiss|vergesst|beachte nicht|ubergeh\w{0,3}|uberschreib\w{0,3})\b.{0,40}?\b(?:vorherig\w{0,3}|bisherig\w{0,3}|vorangegangen\w{0,3}|fruher\w{0,3}|obig\w{0,3}|alle\w{0,2}|andere\w{0,2}|deine\w{0,2}|ursprunglich\w{0,3})\b.{0,30}?\b(?:anweisung\w{0,3}|anleitung\w{0,3}|befehl\w{0,3}|regeln|vorgaben|richtlinien|instruktion\w{0,3})`,
    String.raw`\b(?:ignor(?:e|ez|er)|oublie[zr]?|ne ti(?:ens|enez) pas compte|fai(?:s|tes) abstraction|neglige[zr]?|ne sui(?:s|vez) plus)\b.{0,40}?\b(?:instructions?|consignes?|directives?|regles|ordres)\b`,
    String.raw`\b(?:ignor(?:a|e|ar|en)|olvid(?:a|e|ar|ate)|descart(?:a|e|ar)|haz caso omiso|omit(?:e|a)|no sigas|pase por alto|desconsider(?:e|ar))\b.{0,40}?\b(?:instruccion\w{0,3}|indicaciones|directrices|reglas|ordenes|instruco\w{0,3}|regras|diretrizes)`,
    String.raw`\b(?:ignora(?:re)?|dimentica(?:re)?|trascura)\b.{0,40}?\b(?:istruzion\w|direttiv\w|regole|indicazioni)`,
    String.raw`(?:忽略|无视|忘记|忘掉|不要理会|不理会|抛弃|覆盖|無視|忽視).{0,16}?(?:指令|指示|说明|規則|规则|提示词|提示|要求|命令)`,
    String.raw`(?:以前|これまで|上記|前|他|すべて|全て|元|従来|既存).{0,16}?(?:指示|命令|ルール|プロンプト|規則|指令|制約).{0,8}?(?:無視|忘れ|従わ|破棄|捨て|上書き)`,
    String.raw`(?:이전|위|앞|모든|기존).{0,12}?(?:지시|명령|규칙|프롬프트|지침).{0,10}?(?:무시|잊)`,
    String.raw`(?:игнорир\p{L}{0,6}|проигнорир\p{L}{0,6}|забуд\p{L}{0,4}|не обращай\p{L}{0,3} внимания|отбрось\p{L}{0,3}|пренебре\p{L}{0,6}|не следуй\p{L}{0,3}).{0,40}?(?:инструкц\p{L}{0,4}|указани\p{L}{0,4}|правил\p{L}{0,3}|команд\p{L}{0,3}|распоряжени\p{L}{0,3}|предписани\p{L}{0,3})`,
  ],
  conceal: [
    String.raw`\b(?:sag\w{0,3}|erzahl\w{0,3}|verrat\w{0,3}|erwahn\w{0,3}|informier\w{0,3}|teil\w{0,3}|zeig\w{0,3}|bericht\w{0,3}|melde|weise)\b.{0,50}?\b(?:nutzer\w{0,3}|benutzer\w{0,3}|anwender\w{0,3}|menschen|kunden|niemand\w{0,3})\b.{0,30}?\b(?:nicht\w?|nichts|kein\w{0,2}|niemals)\b|\b(?:nichts?|niemals|ohne|kein\w{0,2}|nie)\b.{0,50}?\b(?:nutzer\w{0,3}|benutzer\w{0,3}|anwender\w{0,3}|kunden)\b.{0,36}?\b(?:sagen|mitteilen|erwahnen|verraten|informieren|erzahlen|wissen|erfahren|merken|zeigen|hinzuweisen|mitzuteilen)\b|\b(?:sag\w{0,2}|erzahl\w{0,3}|verrat\w{0,3}) (?:dem|den|der) (?:be)?nutzer\w{0,3} nichts?\b|\b(?:erwahn\w{0,3}|verrat\w{0,3}) (?:das|dies\w{0,2}|davon|es)\b.{0,30}?\b(?:nicht|niemals|nie|niemand\w{0,3})\b|\bheimlich\b|\bunbemerkt\b`,
    String.raw`\bn(?:e |')\w{0,14}(?:dis|dites|mentionne|informe|revele|signale|parle|previens|prevenez|avertis|montre|evoque|indique)\w{0,4}\b.{0,40}?\b(?:utilisateur|personne|client|humain)\w{0,3}|\bne (?:le|la|les|lui|leur|en|rien) ?\w{0,12}\b.{0,30}?\butilisateur|\bsans\b.{0,12}?\b(?:en )?(?:informer|avertir|prevenir|le dire|mentionner|parler|rien dire)\b|\ba l'insu de\b|\bl'utilisateur ne doit (?:pas|rien|jamais)\b|\bn'en parle\w{0,2}\b`,
    String.raw`\bno (?:se )?(?:lo |le |les )?(?:digas?|menciones?|informes?|reveles?|cuentes?|avises?|notifiques?|comentes?|muestres?|expliques?)\b.{0,50}?\b(?:usuario|persona|cliente|nadie|humano)|\bsin (?:que el usuario|informar|avisar|decir|mencionar|notificar)\w{0,3}\b.{0,30}?\b(?:usuario|nadie|lo sepa)?|\bel usuario no debe\b.{0,20}?\b(?:saber|enterar|ver)|\b(?:nao|sem) (?:diga|mencione|informe|conte|revele|avisar|informar)\b.{0,40}?\b(?:usuario|ninguem)`,
    String.raw`\bnon (?:dire|menzionare|informare|rivelare|dirlo|parlarne|avvisare)\b.{0,40}?\b(?:utente|nessuno)|\bsenza (?:dirlo|informare|avvisare)\b`,
    String.raw`(?:不要|别|勿|不得|不能|不可|请勿|切勿|無需|无需|不必|禁止|绝不).{0,10}?(?:告诉|告知|提及|通知|透露|说明|提到|让|向|提醒|显示|解释).{0,12}?(?:用户|使用者|用戶|任何人|他人|对方)|(?:对|向)用户(?:保密|隐瞒)|(?:瞒着|背着)用户|悄悄|偷偷|(?:不要|别)(?:提及|提到|透露)(?:这|此|该)`,
    String.raw`(?:ユーザー?|利用者|使用者|人間|誰に).{0,14}?(?:知らせ|伝え|言わ|告げ|話さ|教え|見せ|通知|報告|言及|明かさ|気付|気づ|知られ|悟られ).{0,8}?(?:ない|ず|な\b|ません|禁止|こと|るな|すな)|(?:秘密|内緒|こっそり|密か)に|言及(?:しない|せず|するな)`,
    String.raw`(?:사용자|유저).{0,10}?(?:알리지|말하지|언급하지|보여주지|모르게|알려주지).{0,4}?|몰래`,
    String.raw`не (?:говори|сообщай|упоминай|рассказывай|показывай|раскрывай|информируй|уведомляй|ставь|предупреждай|выдавай)\p{L}{0,3}.{0,40}?(?:пользовател|человек|клиент|никому|об этом|это)|(?:пользователь|пользователю|никто) не (?:должен|должны|должно|надо|нужно|следует).{0,20}?(?:знать|узна|видеть|замет|сообщ|говор)|без ведома|втайне|тайно|скрытно|незаметно|ничего не (?:говори|сообщай)`,
  ],
  take: [
    String.raw`\b(?:lies|lese|lesen|offne|kopier\w{0,3}|fug\w{0,2}|sende\w{0,3}|schick\w{0,2}|ubergib|ubermittle|trage?|hole?|lade|gib|schreib\w{0,2}|lis|lisez|ouvre|copie[zr]?|envoie|envoyez|ajoute[zr]?|inclu(?:s|ez|re)|mets|mettez|transmet\w{0,3}|place[zr]?|recupere[zr]?|passe[zr]?|colle[zr]?|insere[zr]?|fourni\w{0,3}|lee|lea|leer|abre|copia|copie|envia|envie|enviar|incluye|incluya|pon|ponga|pega|adjunta|pasa|agrega|inserta|obten\w{0,3}|leggi|apri|invia|inserisci|inhalt\w{0,2}|contenu|contenido|contenuto|leia|coloque|inclua)\b`,
    String.raw`读取|读|打开|复制|发送|放入|填入|传递|传入|附加|写入|获取|提供|上传|粘贴|内容|包含|收集|发到|放到|填写|讀取|傳送|読み|読ん|読取|開い|コピー|送信|送っ|入れ|渡し|渡す|含め|貼り|設定し|記入|中身|全文|取得し|添付|읽|보내|복사|넣|전송|прочита\p{L}{0,3}|прочти|откро\p{L}{0,3}|скопиру\p{L}{0,3}|отправ\p{L}{0,4}|вставь\p{L}{0,3}|переда\p{L}{0,4}|помести\p{L}{0,3}|приложи\p{L}{0,3}|добавь\p{L}{0,3}|запиши\p{L}{0,3}|содержимо\p{L}{0,3}|укажи\p{L}{0,3}|включи\p{L}{0,3}|считай\p{L}{0,3}|перешли\p{L}{0,3}`,
  ],
  conversation: [
    String.raw`\b(?:system-?prompt|systemanweisung\w{0,2}|gesamte\w{0,2} (?:gesprach\w{0,2}|unterhaltung|chat\w{0,8}|konversation)|bisherige\w{0,2} (?:gesprach\w{0,2}|unterhaltung|konversation|chat\w{0,8})|gesprachsverlauf|chatverlauf|ganze\w{0,2} (?:gesprach|unterhaltung|chat))\b|\b(?:prompt (?:du )?syst\w{1,4}|invite systeme|(?:toute|entiere|integralite de|l'ensemble de|historique de)\b.{0,8}?\bconversation|conversation (?:entiere|complete|integrale)|historique (?:complet|des messages|du chat))|\b(?:prompt (?:del |de )?sistema|(?:toda|entera|completa|historial de|el historial)\b.{0,8}?\b(?:conversacion|conversa|chat)|conversacion (?:completa|entera|anterior)|historial (?:completo|de la conversacion|del chat)|intera conversazione|conversa (?:inteira|completa))\b`,
    String.raw`系统提示|完整的?(?:对话|聊天|会话)|全部(?:对话|聊天|会话|消息)|(?:对话|聊天|会话)(?:历史|记录|内容)|所有(?:对话|消息|聊天)|系統提示|(?:会話|チャット)(?:の)?(?:全文|履歴|内容|全体|すべて|記録)|システムプロンプト|これまでの会話|전체 대화|대화 (?:내용|기록)|시스템 프롬프트|системн\p{L}{1,3} (?:промпт|подсказк|инструкц|запрос)\p{L}{0,3}|(?:вс[юея]|полн\p{L}{1,3}|истори\p{L}) .{0,12}?(?:переписк|бесед|диалог|разговор|чат)\p{L}{0,3}`,
  ],
  credential: [
    String.raw`\b(?:passwort\w{0,3}|passworter|zugangsdaten|anmeldedaten|api-?schlussel\w{0,2}|zugriffstoken|geheimniss\w{0,3}|umgebungsvariablen|schlusseldatei|mots? de passe|identifiants|cles? (?:d'?api|privees?|secretes?|ssh)|jetons?|variables d'environnement|contrasenas?|claves? (?:de )?(?:api|privadas?|secretas?|ssh)|credenciales|variables de entorno|chiav[ei] (?:api|privat\w|ssh)|senhas?|credenziali|credenciais|chaves? (?:de )?api)\b`,
    String.raw`密码|密碼|密钥|密鑰|私钥|凭证|凭据|令牌|口令|环境变量|パスワード|秘密鍵|認証情報|apiキー|api キー|トークン|環境変数|비밀번호|api 키|인증 정보|парол\p{L}{1,3}|ключ\p{L}{0,3} (?:api|доступа|ssh)|api-?ключ\p{L}{0,3}|закрыт\p{L}{1,3} ключ\p{L}{0,3}|приватн\p{L}{1,3} ключ\p{L}{0,3}|токен\p{L}{0,3}|учетн\p{L}{1,3} данн\p{L}{1,3}|переменн\p{L}{1,3} окружения`,
  ],
  pass: [
    String.raw`\b(?:als|im|in|ins|in den|in das|dans|en|comme|como|via|nel|no|al|au)\b.{0,30}?\b(?:parameter\w?|argument\w{0,2}|feld|parametre|champ|parametro|argumento|campo)\b`,
    String.raw`参数|參數|字段|字段中|引数|パラメータ|フィールド|매개변수|인수|필드|параметр\p{L}{0,3}|аргумент\p{L}{0,3}|пол[еяю](?![\p{L}])`,
    String.raw`(?:到|入|в|に|へ|dans|en|in|als) ?[「『"'\x60«][\w.-]{1,40}[」』"'\x60»]`,
  ],
  send: [
    String.raw`\b(?:sende\w{0,3}|schick\w{0,2}|ubermittle|leite|lade|envoie|envoyez|envoyer|transmet\w{0,3}|envia|envie|enviar|reenvia|manda|sube|invia|inoltra)\b|发送|发到|上传|转发|提交|傳送|送信|送っ|送る|転送|アップロード|보내|전송|отправ\p{L}{0,4}|перешли\p{L}{0,3}|загрузи\p{L}{0,3}|выгрузи\p{L}{0,3}`,
  ],
  order: [
    String.raw`\b(?:bevor|vor) .{0,24}?\b(?:jede\w{0,2}|irgendein\w{0,2}|andere\w{0,2}|alle\w{0,2})\b.{0,20}?\b(?:werkzeug\w{0,2}|tools?|aufruf\w{0,2}|anfrage\w{0,2}|antwort\w{0,2})\b|\bavant\b.{0,24}?\b(?:tout|toute|chaque|d'autres|un autre|les autres)\b.{0,20}?\b(?:outils?|appels?|reponses?|requetes?|fonctions?)\b|\bantes de\b.{0,24}?\b(?:cualquier|cada|otra|todas?|otras|qualquer|outra)\b.{0,20}?\b(?:herramientas?|llamadas?|respuestas?|funcion\w{0,3}|ferramentas?)\b|\bprima di\b.{0,24}?\b(?:ogni|qualsiasi|altr\w)\b.{0,20}?\b(?:strument\w|tool)\b`,
    String.raw`(?:任何|其他|每次|所有|每个|其它).{0,10}?(?:工具|函数|调用|回复|请求).{0,8}?(?:之前|前|时|必须)|(?:他の|どの|すべての|あらゆる|別の).{0,10}?(?:ツール|関数|呼び出し).{0,14}?(?:前に|前|代わり)|다른 도구.{0,12}?(?:전에|대신)|(?:перед|прежде чем|до).{0,30}?(?:люб\p{L}{1,3}|кажд\p{L}{1,3}|друг\p{L}{1,4}|все\p{L}{0,2}).{0,20}?(?:инструмент|вызов|ответ|запрос|функци)\p{L}{0,3}`,
  ],
  modal: [
    String.raw`\b(?:musst|muss|mussen|sollst|soll|immer|zuerst|unbedingt|vorher|danach|dann|ausserdem|bitte|dois|devez|doit|toujours|d'abord|obligatoire|ensuite|veuillez|puis|debes?|siempre|primero|obligatorio|luego|tambien|despues|por favor|antes|devi|sempre|prima|deve)\b`,
    String.raw`必须|务必|总是|首先|一定|请|始终|然后|先|应当|必須|必ず|まず|常に|してください|しなさい|それから|せよ|すること|반드시|항상|먼저|하세요|долж\p{L}{1,3}|обязан\p{L}{0,4}|всегда|сначала|обязательно|необходимо|нужно|затем|перед`,
  ],
  consent: [
    String.raw`\b(?:nutzer|benutzer|anwender) hat\b.{0,20}?\b(?:zugestimmt|genehmigt|erlaubt)|\bohne (?:ruckfrage|nachzufragen|zustimmung|bestatigung)|\bfrag\w{0,2}\b.{0,24}?\bnicht (?:nach|um)\b|\bne demande\w{0,2} (?:pas|jamais|aucune)\b.{0,24}?\b(?:confirmation|permission|autorisation|utilisateur)|\bsans (?:demander|confirmation)\b|\bl'utilisateur a (?:deja )?(?:approuve|accepte|autorise|consenti)|\bno (?:le )?(?:pidas|solicites|preguntes)\b.{0,24}?\b(?:confirmacion|permiso|usuario|autorizacion)|\bel usuario ya (?:ha )?(?:aprob|acept|autoriz|consint)`,
    String.raw`(?:不要|无需|不必|无须|别).{0,6}?(?:询问|征求|请求|确认|等待).{0,8}?(?:用户|同意|确认|许可|批准)|用户(?:已经|已)(?:同意|批准|授权|确认)|(?:確認|許可|承認|同意).{0,6}?(?:求め|取ら|せず|不要|なし|待た).{0,6}?(?:ない|ず|実行|に)|ユーザーは(?:すでに|既に)(?:承認|同意|許可)|не (?:спрашивай|запрашивай|проси|жди)\p{L}{0,3}.{0,24}?(?:подтвержд|разрешени|согласи|пользовател)|пользователь уже (?:одобрил|согласился|разрешил|подтвердил)|без (?:подтверждения|согласия|разрешения) пользователя`,
  ],
  persona: [
    String.raw`\bdu bist (?:ab (?:jetzt|sofort)|nun|jetzt|von nun an)|\btu es (?:maintenant|desormais)|\bvous etes (?:maintenant|desormais)|\bahora eres\b|\b(?:ab (?:jetzt|sofort)|von nun an) (?:bist du|musst du|wirst du|befolg|gilt)|\b(?:a partir de maintenant|desormais),? (?:tu|vous)\b|\b(?:a partir de ahora|desde ahora),? (?:eres|debes|tu|actua|ignora|seguiras)|从现在(?:起|开始)|你(?:现在)?(?:是一个|不再是)|今(?:から|後)(?:は|、)?(?:あなた|君)|(?:с этого момента|отныне|теперь) ты\b`,
  ],
  marker: [
    String.raw`<\/?(?:wichtig|important[ea]?|重要|系统|システム|важно|система)>|[【［\[](?:系统|重要|システム|系統|システム指示|重要指示|система|важно|systeme|sistema)(?:指令|提示|消息|指示|命令)?[】］\]]`,
  ],
};
