// Opens a sealed backup with typage, written by age's author in another language. In: one JSON case a line. Out: one JSON answer a line.
import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Decrypter, generateX25519Identity, Encrypter, identityToRecipient } from 'age-encryption';

const hash = (content) => createHash('sha256').update(content).digest('hex');

for await (const line of createInterface({ input: process.stdin })) {
  const { sealed, identity } = JSON.parse(line);
  const ours = new Decrypter();
  ours.addIdentity(identity);
  const opened = await ours.decrypt(await readFile(sealed));
  const stranger = new Decrypter();
  stranger.addIdentity(await generateX25519Identity());
  const isOpenToStrangers = await stranger.decrypt(await readFile(sealed)).then(() => true, () => false);
  const theirs = new Encrypter();
  theirs.addRecipient(await identityToRecipient(identity));
  const sealedByThem = await theirs.encrypt('sealed by them');
  console.log(JSON.stringify({ hash: hash(opened), isOpenToStrangers, sealed: Buffer.from(sealedByThem).toString('hex') }));
}
