#!/usr/bin/env node
/**
 * A bot for Sapa: greets, looks up orders, and hands over to people. Node 20 is all it needs.
 *
 *     SAPA_BOT_SECRET=whsec_… PORT=8101 node bot.mjs
 *
 * The secret is shown once, when the bot is added under Settings, Bots.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const secret = process.env.SAPA_BOT_SECRET ?? '';
const tolerance = 5 * 60; // seconds that our clock and Sapa's may differ
const mostBody = 512 * 1024;

// A real bot asks the shop's own system here.
const orders = {
  'KS-1024': { id: 'sudah dikirim pagi ini, resi JX0091', en: 'was sent this morning, parcel JX0091' },
  'KS-1025': { id: 'sedang disangrai, dikirim besok', en: 'is being roasted and leaves tomorrow' },
};

const words = {
  id: {
    hello: (name, bot) => `Halo ${name}! Saya ${bot}. Apa yang bisa saya bantu?`,
    track: 'Lacak pesanan',
    human: 'Bicara dengan orang',
    which: 'Tulis nomor pesanan Anda, misalnya KS-1024.',
    found: (order, state) => `Pesanan ${order} ${state}.`,
    unknown: (order) =>
      `Pesanan ${order} tidak saya temukan. Coba periksa nomornya, atau bicara dengan orang.`,
    moment: 'Baik, saya panggilkan petugas kami.',
    summary: (name, said) => `${name} ingin bicara dengan orang. Yang ia katakan: ${said}`,
  },
  en: {
    hello: (name, bot) => `Hello ${name}! I am ${bot}. What can I do for you?`,
    track: 'Track an order',
    human: 'Talk to a person',
    which: 'Write the number of your order, for example KS-1024.',
    found: (order, state) => `Order ${order} ${state}.`,
    unknown: (order) => `I do not find order ${order}. Check the number, or talk to a person.`,
    moment: 'All right, I am calling one of our people.',
    summary: (name, said) => `${name} wants to talk to a person. What was said: ${said}`,
  },
};

/** Whether Sapa made this call: the signature of the Standard Webhooks specification. */
export function isSigned(key, headers, body, now) {
  const id = headers['webhook-id'] ?? '';
  const sent = headers['webhook-timestamp'] ?? '';
  if (!/^\d+$/.test(sent) || Math.abs(now - Number(sent)) > tolerance) return false;
  const mac = createHmac('sha256', Buffer.from(key.replace(/^whsec_/, ''), 'base64'));
  const expected = Buffer.from(`v1,${mac.update(`${id}.${sent}.`).update(body).digest('base64')}`);
  return (headers['webhook-signature'] ?? '').split(' ').some((one) => {
    const given = Buffer.from(one);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** What the bot does about a call. It keeps nothing in mind: the history comes along. */
export function answer({ type, data }) {
  if (type !== 'message.received') return []; // a test
  const language = data.contact.language.startsWith('en') ? 'en' : 'id';
  const w = words[language];
  const { name } = data.contact;
  const { text, choice } = data.message;
  const say = (said) => ({
    type: 'say',
    text: said,
    buttons: ['track', 'human'].map((payload) => ({ label: w[payload], payload })),
  });
  if (choice?.payload === 'human' || text.trim().toLowerCase() === w.human.toLowerCase()) {
    const said = [...data.history.filter((one) => one.from === 'contact').map((one) => one.text), text];
    return [
      { type: 'say', text: w.moment },
      { type: 'hand_over', summary: w.summary(name, said.join(' / ')) },
    ];
  }
  const found = /\bKS-?(\d{4})\b/i.exec(text);
  if (found) {
    const order = `KS-${found[1]}`;
    const state = orders[order]?.[language];
    const tag = { type: 'tag', add: ['pesanan'] };
    return [say(state ? w.found(order, state) : w.unknown(order)), tag];
  }
  if (choice?.payload === 'track') return [{ type: 'say', text: w.which }];
  return [say(w.hello(name, data.bot.name))];
}

/** The same call may come again with the same id, and gets the same answer. */
const answered = new Map();

const server = createServer((request, response) => {
  const reply = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const chunks = [];
  let length = 0;
  request.on('data', (chunk) => {
    length += chunk.length;
    if (length <= mostBody) chunks.push(chunk);
  });
  request.on('end', () => {
    if (length > mostBody) return reply(413, {});
    const body = Buffer.concat(chunks);
    if (!isSigned(secret, request.headers, body, Date.now() / 1000)) return reply(401, {});
    const id = request.headers['webhook-id'];
    if (!answered.has(id)) {
      answered.set(id, answer(JSON.parse(body.toString())));
      if (answered.size > 1000) answered.delete(answered.keys().next().value);
    }
    return reply(200, { actions: answered.get(id) });
  });
});

if (!secret) {
  console.error('SAPA_BOT_SECRET is not set: Sapa shows it when the bot is added');
  process.exit(1);
}
server.listen(Number(process.env.PORT ?? 8101), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}/`);
});
