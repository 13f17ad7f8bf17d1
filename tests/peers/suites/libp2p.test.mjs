// Unmodified js-libp2p nodes speak with a transport of ours that runs in the test's process. What that transport does on hearing a
// message is in Libp2pTests.cs: it accepts everything, answers votes that begin with "echo:", and dials who asks it to.
import '../promises.mjs';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { after, before } from 'node:test';
import { generateKeyPair } from '@libp2p/crypto/keys';
import { gossipsub } from '@libp2p/gossipsub';
import { identify, identifyPush } from '@libp2p/identify';
import { noise } from '@libp2p/noise';
import { ping } from '@libp2p/ping';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';

const address = multiaddr(process.env.DEPIN_P2P_ADDRESS);
const peer = process.env.DEPIN_P2P_ADDRESS.split('/p2p/')[1];
const topics = Object.fromEntries(['tx', 'prop', 'vote', 'evid', 'status'].map((t) => [t, `/dpc/${process.env.DEPIN_P2P_NETWORK}/${t}/1`]));
const text = new TextEncoder();
const nodes = [];

// SHA-256(u64le topic length || topic || data)[:20]
function msgIdFn({ topic, data }) {
  const name = text.encode(topic);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(name.length));
  return createHash('sha256').update(length).update(name).update(data).digest().subarray(0, 20);
}

async function start(privateKey) {
  const node = await createLibp2p({
    privateKey,
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping(),
      pubsub: gossipsub({ globalSignaturePolicy: 'StrictNoSign', msgIdFn, allowPublishToZeroTopicPeers: true }),
    },
  });
  nodes.push(node);
  node.heard = [];
  node.services.pubsub.addEventListener('message', ({ detail }) => node.heard.push(detail));
  for (const topic of Object.values(topics)) node.services.pubsub.subscribe(topic);
  return node;
}

async function until(condition, what) {
  for (let i = 0; i < 600; i++) {
    const value = await condition();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`within 30 s it did not come true that ${what}`);
}

const subscribed = (node) => until(() => node.services.pubsub.getSubscribers(topics.vote).some((p) => p.toString() === peer),
  'our subscription is heard');
const said = (node, topic, message) => node.heard.find((m) => m.topic === topic && Buffer.from(m.data).equals(Buffer.from(message)));

let first;
let second;
before(async () => {
  first = await start(await generateKeyPair('Ed25519'));
  second = await start(await generateKeyPair('secp256k1'));
});
after(() => Promise.all(nodes.map((node) => node.stop())));

test('an Ed25519 node dials us and meets the peer that it dialled', async () => {
  const connection = await first.dial(address);
  assert.equal(connection.remotePeer.toString(), peer);
  assert.equal(connection.encryption, '/noise');
  assert.equal(connection.multiplexer, '/yamux/1.0.0');
});

test('a secp256k1 node dials us', async () => {
  assert.equal((await second.dial(address)).remotePeer.toString(), peer);
});

test('a node that expects somebody else does not connect', async () => {
  const third = await start(await generateKeyPair('Ed25519'));
  const other = multiaddr(process.env.DEPIN_P2P_ADDRESS.replace(peer, first.peerId.toString()));
  await assert.rejects(third.dial(other));
});

test('identify tells our agent, our protocols and where we listen', async () => {
  const found = await until(async () => {
    const known = await first.peerStore.get(first.getPeers()[0]);
    return known.metadata.has('AgentVersion') && known;
  }, 'we are identified');
  assert.ok(found.protocols.includes('/meshsub/1.2.0'));
  assert.ok(found.protocols.includes('/ipfs/ping/1.0.0'));
  assert.ok(found.protocols.includes('/dpc/status/1'));
  assert.equal(Buffer.from(found.metadata.get('AgentVersion')).toString(), 'depin/test');
  assert.ok(found.addresses.some((a) => address.toString().startsWith(a.multiaddr.toString())));
  assert.ok(found.peerRecordEnvelope != null, 'the signed record was accepted');
});

test('ping is echoed', async () => {
  assert.ok(await first.services.ping.ping(first.getPeers()[0]) < 5000);
});

test('a vote reaches us and our answer comes back', async () => {
  await subscribed(first);
  await first.services.pubsub.publish(topics.vote, text.encode('echo:one'));
  await until(() => said(first, topics.vote, 'echoed:one'), 'our answer arrives');
});

test('a message of one node reaches the other through us', async () => {
  await subscribed(second);
  await first.services.pubsub.publish(topics.tx, text.encode('passed on'));
  const message = await until(() => said(second, topics.tx, 'passed on'), 'it is passed on');
  assert.equal(message.type, 'unsigned');
});

test('a block of 1.5 MB passes both ways', async () => {
  const block = Buffer.alloc(1_500_000, 'block');
  block.write('mirror:');
  await first.services.pubsub.publish(topics.prop, block);
  const mirrored = Buffer.from(block);
  mirrored.write('image!:');
  await until(() => said(first, topics.prop, mirrored), 'its mirror image arrives');
  await until(() => said(second, topics.prop, block), 'the other node hears it');
});

test('a request is answered with status, length and payload', async () => {
  const stream = await first.dialProtocol(first.getPeers()[0], '/dpc/status/1');
  const received = [];
  const ended = (async () => { for await (const part of stream) received.push(Buffer.from(part.subarray())); })();
  stream.send(Buffer.from([3, 1, 2, 3])); // varint length 3, then the request
  await stream.close();
  await ended;
  assert.deepEqual([...Buffer.concat(received)], [0, 3, 3, 2, 1]); // success, varint length 3, the request backwards
});

test('we dial a node that listens, and speak as well', async () => {
  const third = await start(await generateKeyPair('Ed25519'));
  await first.services.pubsub.publish(topics.tx, text.encode(`dial:${third.getMultiaddrs()[0]}`));
  await until(() => third.getConnections().some((c) => c.remotePeer.toString() === peer && c.direction === 'inbound'), 'we dial it');
  await subscribed(third);
  // Gossip promises nothing to a peer that has just come: what is said before both streams stand is not said again.
  let tries = 0;
  const heard = await until(async () => {
    if (tries % 20 === 0) await third.services.pubsub.publish(topics.vote, text.encode(`echo:three ${tries / 20}`));
    tries++;
    return third.heard.map((m) => Buffer.from(m.data).toString()).find((m) => m.startsWith('echoed:three '));
  }, 'our answer arrives');
  await until(() => said(second, topics.vote, heard.replace('echoed:', 'echo:')), 'the others hear it');
});

test('we are in the mesh of those who gossip with us', async () => {
  await until(() => first.services.pubsub.getMeshPeers(topics.vote).includes(peer), 'we are in its mesh');
});

test('many small transactions arrive, each once', async () => {
  for (let i = 0; i < 500; i++) await first.services.pubsub.publish(topics.tx, text.encode(`small ${i}`));
  const count = () => second.heard.filter((m) => Buffer.from(m.data).toString().startsWith('small ')).length;
  await until(() => count() >= 500, 'all arrive');
  assert.equal(count(), 500);
});
