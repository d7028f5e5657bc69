const listed = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** What one asks somebody to do, in one word that is hardly ever a thing. */
export const VERBS = listed(`
  add adjust analyse analyze apply approve archive arrange ask assess assign attach attend authenticate authorize
  bring build buy calculate cancel capture choose classify clean clear clone close collect combine compare compile complete
  compose compress compute configure confirm connect contact convert copy count create crop debug decode decrypt
  define delete deliver deploy describe detect determine diagnose disable discover discuss divide download draft draw
  edit enable encode encrypt enhance enroll establish estimate evaluate examine execute expand explain explore
  export extract fetch fill filter find fix flag follow gather generate get give hash hide identify implement
  import improve increase inform initiate insert inspect install introduce investigate invite join learn
  listen locate lower make manage merge modify navigate notify obtain optimize organize paraphrase
  parse pause pay perform pick predict prepare produce provide publish pull purchase push put read
  rearrange recommend redact reduce refresh register remind remove rename render rent reopen
  repair repay replace reply reschedule reserve reset resize resolve restart restore resume retrieve reveal
  revert rewrite rotate save scrape see select sell send separate set show simplify
  solve speed stabilize stitch store submit subscribe suggest summarise summarize synchronize synthesize
  take tell transcribe translate trim turn uninstall unlock unsubscribe update upgrade upload use validate verify
  visualize withdraw write
  accept acknowledge activate deactivate destroy dismiss enqueue erase escalate extend fork grant mute purge rebase reboot reject renew retry revoke
  terminate trash unarchive undo wipe`);

/** The same, of words that are things as often: told apart by what follows. */
export const VERBS_OR_NOUNS = listed(`
  answer backup block book borrow call change check comment consult copy deposit design display drive email
  file format forward group guide index label launch list log look map mark match measure message monitor move
  note open order outline pin place plan plot play post present preview print process query rank rate
  record release report request return review run scan schedule score search segment share sign sort split start
  stop stream ban charge commit credit decline delay drop kill mail page ping promote raise refund silence text trigger tweet switch sync tag test track train transfer transform view visit watch work`);

/** Before the verb, and no part of what is asked. */
export const LEAD_INS = listed(`
  please kindly also then just now again immediately finally lastly next afterwards afterward later subsequently
  additionally furthermore moreover second secondly third thirdly i we you i'd we'd i'll i'm me us want wants wish need needs would
  like love to can could will must should may might help let let's have am able be interested curious looking going trying possible possibly if proceed
  simultaneously meanwhile either ensure`);

/** What a verb is followed by, and a thing is not. */
export const OPENERS = listed(`
  a an the this that these those my our your his her its their it them me us him all any some each every both which
  what whether how who where when if to for from in into on onto at with up out down about another one two three`);

/** A question. */
export const ASKING = listed(
  `what which who whom whose where when why how is are does do did can could will would should has have`,
);
