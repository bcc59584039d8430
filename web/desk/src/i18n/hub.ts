import type { Key, Translate } from '.';

/** How the hub says it, in English and for any reader, and our words for it; named groups fill their holes. */
const sentences: readonly (readonly [RegExp, Key])[] = [
  [/^perhaps it arrived, so it may come twice: (?<rest>.+)$/, 'hub.perhaps_twice'],
  [/^Telegram cannot be reached/, 'hub.telegram_unreached'],
  [/^Telegram gave no proper answer/, 'hub.telegram_no_answer'],
  [/^nobody knows whether Telegram took/, 'hub.telegram_lost'],
  [/^Telegram refuses the bot's token|^Telegram does not know this bot/, 'hub.token'],
  [/^is the token of @(?<bot>\S+)$/, 'hub.token_of'],
  [/customer has blocked the bot/, 'hub.blocked'],
  [/Telegram account no longer exists/, 'hub.account_gone'],
  [/^Telegram does not know this customer|^the customer has not written to the bot/, 'hub.never_wrote'],
  [/^the bot has a webhook/, 'hub.has_webhook'],
  [/^another program polls Telegram/, 'hub.other_program'],
  [/^Telegram asks us to slow down/, 'hub.slow_down'],
  [/^messages have waited at Telegram for (?<hours>\d+) hours/, 'hub.telegram_waits'],
  [/^Telegram could not be asked for (?<hours>\d+) hours/, 'hub.telegram_silent'],
  [/^Telegram refuses it: (?<why>.+)$/, 'hub.telegram_refuses'],
  [/^the mail server (?<host>\S+) could not be reached/, 'hub.mail_unreached'],
  [/^the connection to (?<host>\S+) was lost after the mail was sent/, 'hub.mail_lost'],
  [/^the mailbox is full/, 'hub.mailbox_full'],
  [/^the mailbox is closed/, 'hub.mailbox_closed'],
  [/^the address does not exist/, 'hub.no_address'],
  [/^the mail server does not accept our name and password/, 'hub.mail_password'],
  [/^the mail server does not want to talk to us/, 'hub.mail_unwilling'],
  [/^the mail server asks to try later/, 'hub.mail_later'],
  [/^the mail server does not accept it by its rules/, 'hub.mail_rules'],
  [/^the mail server does not accept the address/, 'hub.mail_not_accepted'],
  [/^the mail server refused it for good/, 'hub.mail_refused'],
  [/^the mail is too large|^the file is too large/, 'hub.too_large'],
  [/^the channel broke/, 'hub.broke'],
  [/^it is switched off/, 'hub.switched_off'],
  [/^mails are written into the folder (?<folder>.+); nothing leaves$/, 'hub.in_folder'],
  [/^the folder .+ cannot be written|^writing into the folder was broken off/, 'hub.folder_broken'],
  [/^its text is very long/, 'hub.long_text'],
  [/^its formatted text is too long/, 'hub.long_html'],
  [/^it names more senders: (?<who>.+)$/, 'hub.more_senders'],
  [/^it has no From header/, 'hub.no_from'],
  [
    /^the name shows another address \((?<shown>.+)\) than the sender's \((?<value>.+)\)$/,
    'hub.name_differs',
  ],
  [/^it asks for answers to another address: (?<address>.+)$/, 'hub.reply_to'],
  [/^it says that it comes from an address of ours/, 'hub.ours'],
  [/^Forwarded: first written by (?<who>.+)\.$/, 'hub.forwarded'],
  [/^The customer sent what cannot be shown here: (?<what>.+)\.$/, 'hub.not_shown'],
  [/^The file (?<file>.+) is missing: it is larger than/, 'hub.file_too_large'],
  [/^The file (?<file>.+) is missing: /, 'hub.file_missing'],
  [/^it has several From headers/, 'hub.several_senders'],
  [/^its sender is not a plain mail address: (?<address>.+)$/, 'hub.bad_sender'],
  [/^it does not say who wrote it/, 'hub.no_sender'],
  [/^it has (too many|more than \d+) parts/, 'hub.too_many_parts'],
  [/^it has too many headers/, 'hub.too_many_headers'],
  [/^its parts are nested/, 'hub.too_deep'],
  [/^it is empty/, 'hub.empty'],
  [/^is not an address of kind/, 'hub.not_an_address'],
  [/^is not a text file/, 'hub.not_text'],
  [/^has no rows below/, 'hub.no_rows'],
  [/^has more than \d+ rows/, 'hub.too_many_rows'],
  [/^has more than \d+ columns/, 'hub.too_many_columns'],
  [/^has a cell that does not end, begun before line (?<line>\d+)/, 'hub.unclosed'],
  [/^another segment has this name/, 'hub.segment_name'],
  [/^gives the same meaning to two columns/, 'hub.same_meaning'],
  [/^it takes too long to find out/, 'hub.too_slow'],
  [/is not an e-mail address$/, 'hub.not_email'],
  [/^belongs to an officer already/, 'hub.officer_has_it'],
  [/leads to an inner address/, 'hub.inner_address'],
  [/^no connection: (?<why>.+)$/, 'hub.no_connection'],
  [/^no answer within (?<n>\d+) seconds$/, 'hub.no_answer'],
  [/^the connection broke: (?<why>.+)$/, 'hub.connection_broke'],
  [/^is not an address$/, 'hub.not_a_url'],
  [/^begins with neither https/, 'hub.needs_https'],
  [/^answered with status (?<status>\d+): a redirect/, 'hub.bot_redirect'],
  [/^answered with status (?<status>\d+)$/, 'hub.bot_status'],
  [/^the answer cannot be done: (?<why>.+)$/, 'hub.bot_answer'],
  [/^the answer is longer than/, 'hub.bot_too_long'],
  [/^a person took over$/, 'hub.bot_person'],
  [/^it was handed over$/, 'hub.bot_over'],
  [/^the bot was switched off$/, 'hub.bot_off'],
  [/^(?<n>\d+) messages .*are the most/, 'hub.bot_too_much'],
];

/**
 * A sentence of the hub's in the reader's words: why something was not delivered, what is odd about a
 * message, what a field lacks. One that is not known is shown as it came, as a sentence.
 */
export function hubWords(said: string, t: Translate): string {
  for (const [pattern, key] of sentences) {
    const found = pattern.exec(said);
    if (!found) continue;
    const { rest, ...values } = found.groups ?? {};
    const words = t(key, rest === undefined ? values : { rest: hubWords(rest, t) });
    const answer = /\((\S+) said: (.+)\)$/.exec(said);
    if (!answer || rest !== undefined) return words;
    return `${words.replace(/\.$/, '')} (${answer[1]}: ${answer[2]}).`;
  }
  const first = said.charAt(0).toLocaleUpperCase() + said.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
