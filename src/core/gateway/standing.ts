import { TuttiError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import { canonicalJson } from '../kernel/json.ts';
import type { AuditEntry } from '../ports/audit.ts';
import type { Offer, ToolDefinition } from '../ports/downstream.ts';
import type { Sighting, Waiting } from '../ports/pins.ts';
import type { CatalogEntry } from './catalog.ts';
import { credentialNames } from './connection-pool.ts';
import { toEntries } from './entries.ts';
import type { Checks } from './entries.ts';
import type { HeldItem } from './gateway.ts';
import { heldError } from './held.ts';
import { judged, judgeLaunch, judgeOffer, pinnables } from './judge.ts';
import type { Findings, Judged, Judgement } from './judge.ts';
import { misnamedTools } from './misnamed.ts';
import type { Misnamed } from './misnamed.ts';
import type { GatewayParts } from './parts.ts';
import { pinHash, toLaunchDefinition } from './pin.ts';
import { FIRST_USE } from './pinboard.ts';
import type { Pinboard, Pinnable } from './pinboard.ts';
import type { ServerSettings } from './settings.ts';

/** Hard findings in what a server offers, by key such as `tool:NAME`. */
export type Scan = (
  server: ServerSettings,
  offer: Offer,
  others: readonly string[],
) => ReadonlyMap<string, readonly string[]>;

export interface StandingMeans {
  readonly parts: Pick<GatewayParts, 'store' | 'telemetry' | 'clock' | 'digest'>;
  readonly board: Pinboard;
  readonly checks: Checks;
  readonly scan: Scan;
  readonly audit: (entry: AuditEntry) => void;
  /** Names of the other servers and their tools, which this one has no business to speak of. */
  readonly others: (server: string) => readonly string[];
  /** Something may be different now for clients. */
  readonly changed: () => void;
}

/** Something that waits for a person, and why. */
export type JudgedAsHeld = Pinnable & { readonly held: HeldItem };

/** What is known of one server and thought of it: how it is reached, what it offered last, and what of that was agreed to. */
export class Standing {
  settings: ServerSettings;
  readonly launch: Pinnable;
  /** Present: it may not be reached at all. */
  held: HeldItem | undefined;
  judgement: Judgement | undefined;
  /** When it was last listed, in this life or an earlier one. */
  seenAt: number | undefined;
  entries: readonly CatalogEntry[] = [];
  readonly #means: StandingMeans;
  readonly #hashes = new WeakMap<object, string>();
  #items: ReadonlyMap<string, Judged<unknown>> = new Map();
  #offer: Offer | undefined;
  #findings: Findings = new Map();
  /** What the findings are about. */
  #scannedFor = '';
  /** What of it waits, as the store was last told. */
  #told: readonly Waiting[] = [];
  /** Names that the log heard of already. */
  readonly #misnamed = new Set<string>();
  /** The offer comes from an earlier life. */
  #isRemembered = false;

  constructor(settings: ServerSettings, means: StandingMeans) {
    this.#means = means;
    this.settings = settings;
    const definition = toLaunchDefinition(settings.launch, credentialNames(settings));
    this.launch = { kind: 'server', name: '', definition, hash: pinHash(definition, means.parts.digest) };
  }

  get name(): string {
    return this.settings.name;
  }

  /** It was listed, now or in an earlier life. */
  get isSeen(): boolean {
    return this.#offer !== undefined;
  }

  /** Judges how it is reached, then what was last seen of it there. */
  async begin(sighting: Sighting | undefined): Promise<void> {
    const { board } = this.#means;
    this.#judgeLaunch();
    if (this.held === undefined && board.locked) await board.confirm(this.name, [this.launch]);
    if (this.held === undefined && !board.locked) await this.#pinLaunch();
    if (sighting?.launch === this.launch.hash && this.#offer === undefined) {
      // What is pinned was scanned then; what is not is shown to nobody before it is listed again.
      this.#offer = sighting.offer;
      this.seenAt = sighting.at;
      this.#isRemembered = true;
    }
    this.rejudge();
  }

  /** Takes over settings under which it is reached as before. */
  update(settings: ServerSettings): void {
    if (canonicalSettings(settings) === canonicalSettings(this.settings)) return;
    this.settings = settings;
    this.#misnamed.clear();
    this.rejudge();
  }

  /** Looks anew for what is dangerous: there are other servers now that it may speak of. */
  rescan(): void {
    if (this.#offer === undefined || this.#isRemembered) return;
    const before = this.pinnables();
    this.#scan(this.#offer);
    this.rejudge();
    this.#reportHeld(before);
  }

  /** Judges anew what is known: after approvals, or under another lock. */
  rejudge(): void {
    this.#judgeLaunch();
    if (this.held !== undefined) this.judgement = this.#fromPins();
    else this.judgement = this.#offer === undefined ? undefined : this.#judge(this.#offer);
    const items = this.judgement === undefined ? [] : pinnables(this.judgement);
    this.#items = new Map(items.map((item) => [`${item.kind}:${item.name}`, item]));
    this.entries = toEntries(this.settings, this.judgement?.tools ?? [], {
      checks: this.#means.checks,
      digest: this.#means.parts.digest,
      held: this.held,
    });
    if (!this.#isRemembered) this.#warnOfMisnamed();
    this.#means.changed();
  }

  /** Judges an offer, pins what is new and free to be pinned, and remembers it. */
  async take(offer: Offer): Promise<void> {
    const { board, parts } = this.#means;
    this.#scan(offer);
    const seenNow = this.#judge(offer, this.#pinsOffer);
    const unpinned = pinnables(seenNow).filter((item) => item.unpinned);
    await board.pinNew(this.name, unpinned);
    if (unpinned.length > 0) this.#reportPins(unpinned);
    const before = this.pinnables();
    const isFirst = this.#offer === undefined || this.#isRemembered;
    this.#offer = offer;
    this.#isRemembered = false;
    this.rejudge();
    this.#reportHeld(before);
    if (board.locked)
      await board.confirm(
        this.name,
        this.pinnables().filter(({ held }) => held === undefined),
      );
    this.seenAt = parts.clock.now();
    const sighting = { server: this.name, at: this.seenAt, launch: this.launch.hash, offer };
    const warn = (error: unknown) => {
      parts.telemetry.log('warn', 'gateway.sighting', { server: this.name, error: String(error) });
    };
    await parts.store.pins.see(sighting).catch(warn);
    if (!isFirst) await this.#tell().catch(warn);
  }

  /** All that could be approved of it, as it is now. */
  pinnables(): readonly Judged<unknown>[] {
    return this.held === undefined ? [...this.#items.values()] : [];
  }

  heldItems(): readonly HeldItem[] {
    if (this.held !== undefined) return [this.held];
    return this.pinnables().flatMap(({ held }) => held ?? []);
  }

  /** Names of tools in the settings that it does not offer, as far as somebody may see them. */
  misnamed(isSeen?: (name: string) => boolean): readonly Misnamed[] {
    return this.held === undefined ? misnamedTools(this.settings, this.judgement, isSeen) : [];
  }

  /** What waits for a person, as it is now: the server itself, or what it offers. */
  waiting(): readonly JudgedAsHeld[] {
    if (this.held !== undefined) return [{ ...this.launch, held: this.held }];
    return this.pinnables().filter(isHeld);
  }

  /** What another process holds of it, by what was agreed to here. */
  judgeElsewhere({ kind, name, definition, findings, launch }: Waiting): JudgedAsHeld | undefined {
    if (this.held !== undefined || launch !== this.launch.hash) return undefined;
    const item = judged(
      { kind, name, definition, listed: undefined },
      {
        ...this.#standards(),
        pinsNew: false,
        findings: new Map([[`${kind}:${name}`, findings]]),
        isRemote: this.settings.launch.kind !== 'stdio',
        hash: () => pinHash(definition, this.#means.parts.digest),
      },
    );
    return isHeld(item) ? item : undefined;
  }

  /** @throws TuttiError `tool/held` while it may not be reached. */
  admit(): void {
    if (this.held !== undefined) throw heldError(this.name, this.held);
  }

  /**
   * Returns the hash of what was agreed to.
   *
   * @throws TuttiError `tool/changed`, `tool/held`, `tool/not-found` when nothing was.
   */
  agreedHash(kind: 'tool' | 'prompt', name: string): string {
    const item = this.#items.get(`${kind}:${name}`);
    if (item === undefined)
      throw new TuttiError('tool/not-found', `The server ${this.name} no longer offers the ${kind} ${name}.`);
    if (item.held !== undefined) throw heldError(this.name, item.held);
    return item.hash;
  }

  /** What it shows only while it runs, whoever starts it anew does not see: a person finds it in the store. */
  async #tell(): Promise<void> {
    const { parts } = this.#means;
    const at = parts.clock.now();
    const held = this.pinnables().filter(isHeld);
    const told = held.map(({ kind, name, hash, definition, held: { findings } }): Waiting => {
      return { server: this.name, kind, name, hash, definition, findings, launch: this.launch.hash, at };
    });
    const over = this.#told.filter(
      (old) =>
        !told.some(({ hash, kind, name }) => hash === old.hash && kind === old.kind && name === old.name),
    );
    this.#told = told;
    if (told.length + over.length > 0) await parts.store.pins.setWaiting(told, over);
  }

  #judge(offer: Offer, pinsNew = this.#pinsOffer && !this.#isRemembered): Judgement {
    return judgeOffer(offer, {
      ...this.#standards(),
      pinsNew,
      findings: this.#findings,
      isRemote: this.settings.launch.kind !== 'stdio',
      hash: (listed, definition) => this.#hash(listed, definition),
    });
  }

  /** Definitions are hashed once, however often they are judged. */
  #hash(listed: unknown, definition: JsonObject): string {
    const key = listed !== null && typeof listed === 'object' ? listed : definition;
    let hash = this.#hashes.get(key);
    if (hash === undefined) {
      hash = pinHash(definition, this.#means.parts.digest);
      this.#hashes.set(key, hash);
    }
    return hash;
  }

  /** Whoever wrote or trusted the configuration saw how it is reached, which is enough while no lock file says what may be there. */
  get #pinsLaunch(): boolean {
    return !this.#means.board.locked;
  }

  /** Only the operator's own servers are taken at their word. */
  get #pinsOffer(): boolean {
    return this.settings.origin === 'operator' && !this.#means.board.locked;
  }

  #standards() {
    const { board } = this.#means;
    return {
      agreed: (kind: Pinnable['kind'], name: string) => board.agreed(this.name, kind, name),
    };
  }

  #judgeLaunch(): void {
    const before = this.held;
    this.held = judgeLaunch(this.name, this.launch, { ...this.#standards(), pinsNew: this.#pinsLaunch });
    if (this.held === undefined || before !== undefined) return;
    const { hash } = this.launch;
    this.#report('held', { kind: 'server', name: '', hash, reason: this.held.reason });
  }

  async #pinLaunch(): Promise<void> {
    const { board } = this.#means;
    const agreed = board.agreed(this.name, 'server', '');
    if (agreed?.hash === this.launch.hash) return;
    // What was approved of another program under this name, in another workspace perhaps, says nothing of this one.
    if (agreed !== undefined && this.settings.origin !== 'operator') await board.forget(this.name);
    if (agreed === undefined) await board.pinNew(this.name, [this.launch]);
    else await board.pin(this.name, [this.launch], FIRST_USE);
    this.#reportPins([this.launch]);
  }

  /** What was approved of a server that may not be reached: known, and out of reach. */
  #fromPins(): Judgement {
    const pins = this.#means.board.of(this.name).filter(({ kind }) => kind === 'tool');
    return {
      tools: pins.map(({ kind, name, hash, definition }) => ({
        kind,
        name,
        hash,
        definition,
        listed: definition as ToolDefinition,
        unpinned: false,
      })),
      prompts: [],
      resources: [],
      resourceTemplates: [],
      dropped: [],
    };
  }

  #warnOfMisnamed(): void {
    for (const { name, message } of this.misnamed()) {
      if (this.#misnamed.has(name)) continue;
      this.#misnamed.add(name);
      this.#means.parts.telemetry.log('warn', 'config/warning', { message: `${this.name}: ${message}` });
    }
  }

  /** Slow: the same is not scanned twice. */
  #scan(offer: Offer): void {
    const { scan, others, parts } = this.#means;
    const strangers = others(this.name);
    const { tools, prompts, resources, resourceTemplates, instructions = '' } = offer;
    const key = parts.digest(
      JSON.stringify([strangers, tools, prompts, resources, resourceTemplates, instructions]),
    );
    if (key === this.#scannedFor) return;
    this.#findings = scan(this.settings, offer, strangers);
    this.#scannedFor = key;
  }

  #reportPins(items: readonly Pinnable[]): void {
    this.#report('pin', {
      by: FIRST_USE,
      pinned: items.map(({ kind, name, hash }) => ({ kind, name, hash })),
    });
  }

  #reportHeld(before: readonly Judged<unknown>[]): void {
    const known = new Set(before.flatMap((item) => (item.held === undefined ? [] : [item.hash])));
    for (const { kind, name, hash, held } of this.pinnables()) {
      if (held === undefined || known.has(hash)) continue;
      this.#report('held', { kind, name, hash, reason: held.reason, findings: held.findings });
    }
  }

  #report(kind: string, fields: JsonObject): void {
    const { audit, parts } = this.#means;
    audit({ at: parts.clock.now(), owner: 'tutti', kind, fields: { server: this.name, ...fields } });
  }
}

function canonicalSettings(settings: ServerSettings): string {
  return canonicalJson(JSON.parse(JSON.stringify(settings)) as JsonObject);
}

function isHeld<T extends Judged<unknown>>(item: T): item is T & { readonly held: HeldItem } {
  return item.held !== undefined;
}
