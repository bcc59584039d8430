/** The chat itself: what is known, what is said, and what comes from the hub. */

import { Link, type LinkState } from './link';
import { acknowledged, edit, merge, retract, unread } from './merge';
import { languageOf, type Language } from './language';
import type { Setup } from './options';
import { Outbox } from './outbox';
import { slotFor } from './person';
import { Sender } from './sender';
import { fetchSession, Forbidden } from './session';
import { nobody, start, type State } from './state';
import { browserStore, Slot } from './storage';
import type { ClientFrame, Looks, SentFile, ServerFrame } from './types';
import { Typing } from './typing';
import { asSent, attached, sendUpload, type Upload } from './uploads';

const TYPING_ENDS = 6_000;
const SAY_SO_AFTER = 2_000;

export class Chat {
  state: State = start;
  #watchers = new Set<() => void>();
  #store = browserStore();
  #site: Slot;
  #slot: Slot;
  #outbox: Outbox;
  #sender: Sender;
  #link: Link;
  #token: string | null;
  #visitor: string | null;
  /** Up to where the log has been told. */
  #seq: number | null = null;
  #seen = 0;
  #readTold = 0;
  #writing = new Typing((on) => this.#link.send({ t: 'typing', on }));
  #timers: Record<'typing' | 'lost', number> = { typing: 0, lost: 0 };
  #url: string;
  #reading = false;

  constructor(private readonly setup: Setup) {
    this.#url = `${setup.base}/chat/${encodeURIComponent(setup.site)}`;
    this.#site = new Slot(this.#store, `sapa.${setup.site}.`);
    this.#token = setup.token ?? null;
    this.#slot = slotFor(this.#store, setup.site, this.#token);
    this.#outbox = new Outbox(this.#slot);
    this.#sender = this.#newSender();
    this.#visitor = this.#slot.get('visitor');
    this.#link = new Link(this.#url.replace(/^http/, 'ws') + '/socket', {
      prepare: () => this.#prepare(),
      hello: () => this.#hello(),
      frame: (frame) => this.#frame(frame),
      state: (state) => this.#linked(state),
    });
    let looks: Looks | null = null;
    try {
      looks = JSON.parse(this.#site.get('looks') ?? 'null') as Looks | null;
    } catch {
      // Somebody else wrote there; it is fetched anyway.
    }
    this.#set({ looks, language: this.#language(looks), ...this.#kept() });
    this.#readTold = this.state.read;
    // Another tab said or read something.
    addEventListener('storage', () => {
      const { read, waiting } = this.#kept();
      this.#set({ waiting, read: Math.max(this.state.read, read) });
    });
    document.addEventListener('visibilitychange', () => this.#markRead());
    void this.#begin(0);
  }

  /** He has talked here before. */
  get known(): boolean {
    return this.#slot.get('said') !== null;
  }

  get unread() {
    return unread(this.state.messages, this.state.read);
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  // What the visitor does.

  show(open: boolean): void {
    this.#set({ open, teased: this.state.teased || open });
    if (open) this.#link.start();
  }

  dismissTease(): void {
    this.#set({ teased: true });
  }

  setLanguage(language: Language): void {
    this.#site.set('language', language);
    this.#set({ language });
  }

  say(text: string): void {
    const files = this.state.uploads.filter((upload) => upload.state === 'done').map(asSent);
    const said = text.trim();
    if (!said && !files.length) return;
    this.#outbox.add(said, files, location.origin + location.pathname);
    this.#slot.set('said', '1');
    this.#slot.set('draft', null);
    this.#writing.now(false);
    this.#set({ uploads: [], trouble: null, draft: '', waiting: this.#outbox.all() });
    this.#link.start();
    this.#sender.next();
  }

  /** A message that failed goes again as a new one. */
  sayAgain(id: string): void {
    const failed = this.state.waiting.find((waiting) => waiting.id === id);
    this.#outbox.remove(id);
    if (failed) this.#outbox.add(failed.text, failed.files, location.origin + location.pathname);
    this.#set({ waiting: this.#outbox.all() });
    this.#sender.next();
  }

  unsay(id: string): void {
    this.#outbox.remove(id);
    this.#set({ waiting: this.#outbox.all() });
  }

  write(draft: string): void {
    this.#set({ draft });
    this.#slot.set('draft', draft || null);
    this.#writing.now(draft !== '');
  }

  attach(files: Iterable<File>): void {
    for (const file of files) this.#set(attached(this.state, file, (upload) => this.#upload(upload)));
  }

  detach(key: number): void {
    this.#set({ uploads: this.state.uploads.filter((upload) => upload.key !== key), trouble: null });
  }

  /** He sees the newest message, or no longer does. */
  reading(reading: boolean): void {
    this.#reading = reading;
    this.#markRead();
  }

  earlier(): void {
    const first = this.state.messages[0];
    if (!first || !this.state.more || this.state.loading) return;
    if (this.#link.send({ t: 'history', before: Math.ceil(first.seq) })) this.#set({ loading: true });
  }

  // What the shop's page does.

  identify(token: string | null): void {
    if (token === this.#token) return;
    this.#token = token;
    const slot = slotFor(this.#store, this.setup.site, token);
    const fresh = slot.prefix !== this.#slot.prefix;
    if (fresh) this.#become(slot);
    if (token !== null) this.#link.start();
    this.#link.restart();
  }

  /** Forgets whoever was here. */
  logout(): void {
    this.#token = null;
    this.#slot.clear();
    this.#become(slotFor(this.#store, this.setup.site, null));
    this.#slot.clear();
    this.#visitor = null;
    this.#link.stop();
    this.#set(nobody);
    if (this.state.open) this.#link.start();
  }

  // What happens.

  #set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const watcher of this.#watchers) watcher();
  }

  #kept(): Pick<State, 'read' | 'draft' | 'waiting'> {
    const read = Number(this.#slot.get('read') ?? 0);
    return { read, draft: this.#slot.get('draft') ?? '', waiting: this.#outbox.all() };
  }

  #newSender(): Sender {
    const send = (frame: string) => this.#link.send(frame);
    return new Sender(this.#outbox, send, (tooFast) => this.#set({ waiting: this.#outbox.all(), tooFast }));
  }

  #become(slot: Slot): void {
    this.#slot = slot;
    this.#outbox = new Outbox(slot);
    this.#visitor = slot.get('visitor');
    this.#seq = null;
    this.#seen = 0;
    this.#sender.lost();
    this.#sender = this.#newSender();
    this.#set({ ...nobody, ...this.#kept() });
    this.#readTold = this.state.read;
  }

  #language(looks: Looks | null): Language {
    const page = document.documentElement.lang;
    return languageOf(this.setup.language ?? this.#site.get('language'), page, looks?.language);
  }

  /** Gets the looks; and a connection, if there is something to talk about. */
  async #begin(attempt: number): Promise<void> {
    const talks = () => this.#slot.get('said') !== null || this.#token !== null || this.state.open;
    if (talks()) return this.#link.start();
    try {
      await this.#session();
      if (talks()) this.#link.start();
    } catch (error) {
      if (this.#forbidden(error)) return;
      setTimeout(() => void this.#begin(attempt + 1), Math.min(60_000, 2_000 * 2 ** attempt));
    }
  }

  async #prepare(): Promise<void> {
    // Somebody may sign in or out while it is fetched.
    for (let slot; slot !== this.#slot;) {
      slot = this.#slot;
      if (this.#visitor && this.state.looks && this.#fetched) continue;
      try {
        await this.#session();
      } catch (error) {
        this.#forbidden(error);
        throw error;
      }
    }
  }

  /** Then there is no chat on this page, and its developer is told why. */
  #forbidden(error: unknown): boolean {
    if (!(error instanceof Forbidden)) return false;
    console.warn(error.message);
    this.#link.stop();
    this.#set({ looks: null, open: false });
    return true;
  }

  #fetched = false;

  async #session(): Promise<void> {
    const slot = this.#slot;
    const session = await fetchSession(this.#url, this.#visitor, this.#token);
    if (slot !== this.#slot) return;
    this.#visitor = session.visitor;
    this.#slot.set('visitor', session.visitor);
    this.#site.set('looks', JSON.stringify(session.site));
    this.#fetched = true;
    if (session.token_refused) this.#tokenRefused();
    const { max_text: maxText, max_file: maxFile, site: looks } = session;
    this.#set({ looks, maxText, maxFile, language: this.#language(looks) });
  }

  #hello(): ClientFrame {
    const { language } = this.state;
    return { t: 'hello', visitor: this.#visitor ?? '', token: this.#token, since: this.#seq, language };
  }

  #linked(link: LinkState): void {
    this.#sender.lost();
    if (link === 'ready' || link === 'off') {
      clearTimeout(this.#timers.lost);
      this.#timers.lost = 0;
      this.#set({ link, lost: false });
    } else {
      this.#set({ link, loading: false, typing: null });
      if (this.#timers.lost) return;
      const late = () => this.#set({ lost: this.state.link !== 'ready' });
      this.#timers.lost = setTimeout(late, navigator.onLine ? SAY_SO_AFTER : 0) as unknown as number;
    }
  }

  #frame(frame: ServerFrame): void {
    const { messages } = this.state;
    switch (frame.t) {
      case 'ready':
        this.#seq = frame.seq;
        this.#set({ online: frame.online });
        this.#arrived(messages, frame.seq);
        this.#sender.next();
        break;
      case 'message': {
        const { t, ...message } = frame;
        if (message.from !== 'visitor') this.#set({ typing: null, teased: false });
        if (message.client_id) this.#outbox.remove(message.client_id);
        this.#arrived(merge(messages, [message]), frame.seq);
        break;
      }
      case 'edit':
        this.#arrived(edit(messages, frame.id, frame.text), frame.seq);
        break;
      case 'retract':
        this.#arrived(retract(messages, frame.id), frame.seq);
        break;
      case 'history':
        this.#set({ more: frame.more, loading: false });
        if (frame.reset && this.#slot.get('read') === null) {
          // New on this device: what he answered, he has read.
          const answered = frame.messages.filter((message) => message.from === 'visitor').at(-1)?.seq;
          this.#set({ read: answered ?? 0 });
        }
        this.#arrived(merge(frame.reset ? [] : messages, frame.messages), 0);
        break;
      case 'ack': {
        const waiting = this.#sender.stored(frame.id);
        if (!waiting || messages.some((message) => message.client_id === frame.id)) break;
        this.#set({ messages: merge(messages, [acknowledged(messages, waiting, frame.seq, frame.at)]) });
        break;
      }
      case 'nack':
        this.#sender.refused(frame.id, frame.code);
        break;
      case 'typing':
        clearTimeout(this.#timers.typing);
        this.#set({ typing: frame.on ? frame.name : null });
        this.#timers.typing = setTimeout(() => this.#set({ typing: null }), TYPING_ENDS) as unknown as number;
        break;
      case 'state':
        this.#set({ officersRead: Math.max(this.state.officersRead, frame.read) });
        break;
      case 'online':
        this.#set({ online: frame.on });
        break;
      case 'error':
        this.#refused(frame.code);
        break;
    }
  }

  #arrived(messages: State['messages'], seq: number): void {
    if (this.#seq !== null) this.#seq = Math.max(this.#seq, seq);
    this.#set({ messages, waiting: this.#outbox.all() });
    const last = messages.filter((message) => message.from !== 'visitor').at(-1)?.seq ?? 0;
    if (last > this.#seen && this.#link.send({ t: 'seen', seq: last })) this.#seen = last;
    if (messages.some((message) => message.from === 'visitor')) this.#slot.set('said', '1');
    this.#markRead();
    this.#tellRead();
  }

  #markRead(): void {
    const last = this.unread.at(-1);
    if (!last || !this.#reading || !this.state.open || document.hidden) return;
    this.#slot.set('read', String(last.seq));
    this.#set({ read: last.seq });
    this.#tellRead();
  }

  /** What was read while there was no connection is told when there is one. */
  #tellRead(): void {
    const { read } = this.state;
    if (read > this.#readTold && this.#link.send({ t: 'read', seq: read })) this.#readTold = read;
  }

  #refused(code: string): void {
    if (code === 'bad_visitor') {
      this.#visitor = null;
      this.#fetched = false;
      this.#seq = null;
      this.#link.restart(1_000);
    } else if (code === 'bad_token') {
      this.#tokenRefused();
    } else if (code === 'signed_out') {
      this.logout();
    } else if (code === 'too_many' || code === 'bad_frame') {
      this.#link.restart(30_000);
    }
  }

  /** The shop is told, so that it can sign a new one; until then he is a stranger. */
  #tokenRefused(): void {
    this.identify(null);
    dispatchEvent(new CustomEvent('sapachat:token-refused'));
  }

  #upload(upload: Upload): void {
    const changed = (now: Upload) => {
      const uploads = this.state.uploads.map((other) => (other.key === now.key ? now : other));
      this.#set({ uploads, trouble: now.state === 'failed' ? { kind: 'failed', name: now.name } : null });
    };
    void this.#prepare().then(
      () => sendUpload(`${this.#url}/files`, this.#visitor ?? '', upload, changed),
      () => changed({ ...upload, state: 'failed' }),
    );
  }

  /** Where a file is to be had. */
  address(file: SentFile): string {
    return file.url.startsWith('/') ? this.setup.base + file.url : file.url;
  }
}
