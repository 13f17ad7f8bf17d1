// The Solidity light client of chain/contracts on a real EVM node, fed from a running localnet and from made-up chains of 4 to 100 validators.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { createMPT, createMerkleProof } from '@ethereumjs/mpt';
import { RLP } from '@ethereumjs/rlp';
import { bytesToHex, hexToBytes } from '@ethereumjs/util';
import {
  AbiCoder, Contract, ContractFactory, HDNodeWallet, Interface, JsonRpcProvider, SigningKey, TypedDataEncoder, computeAddress, concat, decodeRlp,
  encodeRlp, getBytes, id, keccak256, toBeHex, zeroPadValue,
} from 'ethers';
import { startAnvil } from '../anvil.mjs';
import { mnemonic, moduleAbi, rpc, rpcUrl, waitForBlocks } from '../network.mjs';
import { compile } from '../solidity.mjs';

const { abi, bytecode } = compile('DePinLightClient.sol', 'DePinLightClient');
const errors = new Interface([...abi, 'error InvalidProof()']);
const anvil = await startAnvil();
after(() => anvil.stop());
const signer = await anvil.provider.getSigner(0);
const chainId = Number(await rpc('eth_chainId'));
const local = new JsonRpcProvider(rpcUrl, undefined, { pollingInterval: 100 });
const wallet = (index) => HDNodeWallet.fromPhrase(mnemonic, undefined, `m/44'/60'/0'/0/${index}`).connect(local);
const trusting = 800_000;
const cli = new URL('../../../chain/DePinChain.Cli/bin/Release/net10.0/depin.dll', import.meta.url).pathname;
const hex = (number) => '0x' + number.toString(16);

// What the relayer makes of depin_getLightBlock: sets as validatorsHash is taken of them, and no more seals than a quorum needs.
const setOf = (validators) => concat([
  toBeHex(validators.length, 4),
  ...validators.flatMap((v) => [v.address, toBeHex(BigInt(v.power), 8)]),
]);

async function certified(height) {
  const light = await rpc('depin_getLightBlock', hex(height));
  const bytes = getBytes(light.commit.bitmap);
  let bitmap = 0n, power = 0n, next = 0;
  const total = light.validators.reduce((sum, v) => sum + BigInt(v.power), 0n), seals = [];
  light.validators.forEach((validator, i) => {
    if ((bytes[i >> 3] >> (i & 7) & 1) === 0) return;
    const seal = light.commit.seals[next++];
    if (3n * power > 2n * total) return;
    [bitmap, power] = [bitmap | 1n << BigInt(i), power + BigInt(validator.power)];
    seals.push(seal);
  });
  return { header: light.header, preimage: light.preimage, set: setOf(light.validators), round: Number(light.commit.round), bitmap, seals: concat(seals) };
}

const placeOf = (header) => { const fields = decodeRlp(header); return { number: Number(fields[8]), time: Number(fields[11]), stateRoot: fields[3] }; };
const word = (bytes, index) => '0x' + bytes.slice(2 + 64 * index, 66 + 64 * index);

async function deploy(trusted, seconds = trusting, of = chainId) {
  const { number, time } = placeOf(trusted.header);
  const factory = new ContractFactory(abi, bytecode, signer);
  const contract = await (await factory.deploy(of, seconds, keccak256(trusted.header), number, time, word(trusted.preimage, 2))).waitForDeployment();
  return contract;
}

async function gasOf(sent) { return Number((await (await sent).wait()).gasUsed); }

async function refuses(call, name) {
  try { await call; } catch (error) {
    const data = error.data ?? error.info?.error?.data;
    assert.equal(errors.parseError(data)?.name, name, error.message);
    return;
  }
  assert.fail(`nothing was refused; ${name} was expected`);
}

// A made-up chain: validators with keys, and headers that are a localnet's but for what the light client reads.
const template = decodeRlp((await rpc('depin_getLightBlock', '0x1')).header);
const keys = (count, salt) => Array.from({ length: count }, (_, i) => new SigningKey(id(`${salt} ${i}`)))
  .map((key) => ({ key, address: computeAddress(key.publicKey), power: 100_000n })).sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
const now = Math.floor(Date.now() / 1000);

function headerOf(number, time, set, next, stateRoot = template[3]) {
  const preimage = concat([id('DePinChain.consensus.v1'), keccak256(setOf(set)), keccak256(setOf(next)),
    ...Array.from({ length: 4 }, (_, i) => id(`part ${i}`)), zeroPadValue('0x07', 32)]);
  const fields = [...template];
  [fields[3], fields[8], fields[11], fields[19]] = [stateRoot, toBeHex(number), toBeHex(time), keccak256(preimage)];
  return { header: encodeRlp(fields), preimage };
}

function sealed(number, time, set, next, { signers, stateRoot, round = 0, of = chainId, gasLimit } = {}) {
  let { header, preimage } = headerOf(number, time, set, next, stateRoot);
  if (gasLimit) { const fields = decodeRlp(header); fields[9] = toBeHex(gasLimit); header = encodeRlp(fields); }
  const count = signers ?? Math.floor(2 * set.length / 3) + 1;
  const digest = TypedDataEncoder.hash({ name: 'DePinChain Consensus', version: '1', chainId: of },
    { Vote: [['uint8', 'kind'], ['uint64', 'height'], ['uint32', 'round'], ['int32', 'validRound'], ['bytes32', 'blockHash']].map(([type, name]) => ({ type, name })) },
    { kind: 2, height: number, round, validRound: -1, blockHash: keccak256(header) });
  const seals = set.slice(0, count).map(({ key }) => { const s = key.sign(digest); return concat([s.r, s.s, toBeHex(s.yParity, 1)]); });
  return { header, preimage, set: setOf(set), round, bitmap: (1n << BigInt(count)) - 1n, seals: concat(seals) };
}

test('light client: a header of the localnet is believed and its accounts are proven', async () => {
  await waitForBlocks(3);
  const head = Number(await rpc('eth_blockNumber'));
  const contract = await deploy(await certified(head - 2));
  const header = await certified(head);
  await (await contract.update(header)).wait();
  assert.equal(await contract.height(), BigInt(head));
  for (const account of [wallet(1).address, HDNodeWallet.createRandom().address]) {
    const proof = await rpc('eth_getProof', account, [], hex(head));
    const [exists, nonce, balance, storageRoot, codeHash] = await contract.proveAccount(header.header, account, proof.accountProof);
    assert.equal(exists, BigInt(proof.balance) > 0n);
    assert.equal(nonce, BigInt(proof.nonce));
    assert.equal(balance, BigInt(proof.balance));
    assert.equal(storageRoot, proof.storageHash);
    assert.equal(codeHash, proof.codeHash);
  }
});

test('light client: a record of a module and an event are proven', async () => {
  const usdx = '0x0000000000000000000000000000000000002001';
  const token = new Contract(usdx, ['function transfer(address,uint256) returns (bool)', 'event Transfer(address indexed from, address indexed to, uint256 value)'], wallet(2));
  const before = Number(await rpc('eth_blockNumber'));
  const trusted = await certified(before);
  const receipt = await (await token.transfer(wallet(3).address, 1_234_567n)).wait();
  const contract = await deploy(trusted);
  const header = await certified(receipt.blockNumber);
  await (await contract.update(header)).wait();

  // Tokens keeps balances in slot 1: mapping(uint32 => mapping(address => uint128)).
  const tokens = '0x0000000000000000000000000000000000001005';
  const layout = (await rpc('depin_getModules')).find((m) => m.name === 'tokens').storageLayout;
  const slot = (typeof layout === 'string' ? JSON.parse(layout) : layout).storage.find((s) => s.label.toLowerCase() === 'balances').slot;
  const coder = AbiCoder.defaultAbiCoder();
  const inner = keccak256(coder.encode(['uint32', 'uint256'], [1, slot]));
  const location = keccak256(coder.encode(['address', 'bytes32'], [wallet(3).address, inner]));
  const proof = await rpc('eth_getProof', tokens, [location], hex(receipt.blockNumber));
  const record = await contract.proveRecord(header.header, tokens, location, proof.accountProof, proof.storageProof[0].proof);
  assert.equal(BigInt(record), BigInt(proof.storageProof[0].value));
  const absent = keccak256(coder.encode(['address', 'bytes32'], [HDNodeWallet.createRandom().address, inner]));
  const nothing = await rpc('eth_getProof', tokens, [absent], hex(receipt.blockNumber));
  assert.equal(await contract.proveRecord(header.header, tokens, absent, nothing.accountProof, nothing.storageProof[0].proof), '0x');

  const receipts = await rpc('debug_getRawReceipts', hex(receipt.blockNumber));
  const trie = await createMPT();
  for (const [i, raw] of receipts.entries()) await trie.put(RLP.encode(i), hexToBytes(raw));
  const nodes = (await createMerkleProof(trie, RLP.encode(receipt.index))).map(bytesToHex);
  const [emitter, topics, data] = await contract.proveLog(header.header, receipt.index, nodes, 0);
  assert.equal(emitter, usdx);
  assert.deepEqual([...topics], [...receipt.logs[0].topics]);
  assert.equal(data, receipt.logs[0].data);
  await refuses(contract.proveLog(header.header, receipt.index + 1000, nodes, 0), 'InvalidProof');
});

test('light client: a storage deal opened on the localnet is proven to a contract', async () => {
  const address = '0x0000000000000000000000000000000000001100', dpn = 10n ** 18n;
  const market = new Contract(address, (await moduleAbi('storageMarket')).abi, local);
  const [provider, client] = [wallet(5), wallet(6)];
  const done = async (sent) => (await sent).wait();
  const idOf = (receipt, event) => receipt.logs.filter((log) => log.address === address).map((log) => market.interface.parseLog(log))
    .find((log) => log?.name === event).args[0];
  const providerId = idOf(await done(market.connect(provider).registerProvider(provider.address, 'https://deals.example', '0x01')), 'ProviderRegistered');
  await done(market.connect(provider).deposit(provider.address, '0x' + '00'.repeat(20), 5n * dpn, { value: 5n * dpn }));

  // A piece of 8,128 bytes: CIDv2 with no padding, a tree of height 8 and a root.
  const root = '0x' + id('a piece').slice(2, 64) + '01', label = id('the ledger of 2026');
  const start = Number(await rpc('eth_blockNumber')) + 400;
  const terms = [concat(['0x0155912022', '0x0008', root]), client.address, providerId, 0, start, start + 100, 1_000_000_000n, dpn, 2n * dpn, 5, 0,
    '0x' + '00'.repeat(20), label, 77];
  const deal = idOf(await done(market.connect(client).proposeDeal(terms, { value: 3n * dpn })), 'DealProposed');
  const opened = await done(market.connect(provider).acceptDeal(deal));

  const contract = await deploy(await certified(opened.blockNumber - 1));
  const header = await certified(opened.blockNumber);
  await (await contract.update(header)).wait();
  const layout = (await rpc('depin_getModules')).find((m) => m.name === 'storageMarket').storageLayout;
  const slots = (typeof layout === 'string' ? JSON.parse(layout) : layout).storage;
  const slot = slots.filter((s) => s.slot === '41')[0].slot;
  const location = keccak256(AbiCoder.defaultAbiCoder().encode(['uint256', 'uint256'], [deal, slot]));
  const proof = await rpc('eth_getProof', address, [location], hex(opened.blockNumber));
  const record = await contract.proveRecord(header.header, address, location, proof.accountProof, proof.storageProof[0].proof);
  assert.equal(record, proof.storageProof[0].value);

  // A version byte, then client, provider and class as declared; piece and label further on.
  assert.equal(record.slice(4, 44), client.address.slice(2).toLowerCase());
  assert.equal(BigInt('0x' + record.slice(44, 60)), BigInt(providerId));
  assert.equal(Number('0x' + record.slice(60, 62)), 0);
  assert.ok(record.includes(root.slice(2)) && record.endsWith(label.slice(2)));
  const before = await certified(opened.blockNumber - 1);
  await refuses(contract.proveRecord(before.header, address, location, proof.accountProof, proof.storageProof[0].proof), 'InvalidProof');
});

test('light client: gas of an update and of a proof for 4, 20 and 100 validators', async () => {
  for (const [count, most] of [[4, 100_000], [20, 130_000], [100, 430_000]]) {
    const set = keys(count, 'gas');
    const contract = await deploy(headerOf(100, now - 100, set, set));
    await (await contract.update(sealed(101, now - 90, set, set))).wait();
    const gas = await gasOf(contract.update(sealed(102, now - 80, set, set)));
    console.error(`update of ${count} validators: ${gas} gas (bound ${most})`);
    assert.ok(gas <= most, `${gas} gas`);
  }

  // State tries with a thousand and with twenty thousand accounts: three and four branches above the leaf.
  const set = keys(4, 'gas');
  for (const [accounts, most] of [[1_000, 120_000], [20_000, 120_000]]) {
    const trie = await createMPT({ useKeyHashing: true });
    const leaf = encodeRlp(['0x05', toBeHex(10n ** 21n), template[3], keccak256('0x')]);
    for (let i = 1; i <= accounts; i++) await trie.put(hexToBytes(toBeHex(i, 20)), hexToBytes(leaf));
    const account = toBeHex(7, 20);
    const proof = (await createMerkleProof(trie, hexToBytes(account))).map(bytesToHex);
    const contract = await deploy(headerOf(100, now - 100, set, set));
    const header = sealed(101, now - 90, set, set, { stateRoot: bytesToHex(trie.root()) });
    await (await contract.update(header)).wait();
    assert.equal((await contract.proveAccount(header.header, account, proof))[2], 10n ** 21n);
    const sent = await signer.sendTransaction({ to: await contract.getAddress(), data: contract.interface.encodeFunctionData('proveAccount', [header.header, account, proof]) });
    const gas = await gasOf(sent);
    console.error(`proof of one of ${accounts} accounts (${proof.length} nodes): ${gas} gas (bound ${most})`);
    assert.ok(gas <= most, `${gas} gas`);
  }
});

test('light client: sets follow one another by their last headers, in order', async () => {
  const [a, b, c] = [keys(4, 'a'), keys(7, 'b'), keys(5, 'c')];
  const contract = await deploy(headerOf(100, now - 100, a, a));
  await (await contract.update(sealed(120, now - 80, a, b))).wait();
  assert.equal(await contract.changes(), 1n);
  assert.equal(await contract.validatorsHash(), keccak256(setOf(b)));
  await refuses(contract.update(sealed(121, now - 79, a, a)), 'WrongSet');
  await refuses(contract.update(sealed(140, now - 60, c, c)), 'WrongSet');
  await (await contract.update(sealed(140, now - 60, b, c))).wait();
  await (await contract.update(sealed(141, now - 59, c, c))).wait();
  assert.equal(await contract.changes(), 2n);
});

test('light client: what is not certified is refused by name', async () => {
  const set = keys(6, 'refused'), others = keys(6, 'others');
  const contract = await deploy(headerOf(100, now - 100, set, set));
  const good = sealed(101, now - 90, set, set);
  const update = (change) => contract.update({ ...good, ...change });
  await refuses(contract.update(sealed(100, now - 90, set, set)), 'NotLater');
  await refuses(contract.update(sealed(101, now - 101, set, set)), 'NotLater');
  await refuses(contract.update(sealed(101, now + 3_600, set, set)), 'FromTheFuture');
  await refuses(update({ header: '0xc0' }), 'MalformedHeader');
  await refuses(update({ preimage: headerOf(101, now - 90, others, set).preimage }), 'WrongPreimage');
  await refuses(contract.update(sealed(101, now - 90, others, others)), 'WrongSet');
  await refuses(update({ set: setOf(others) }), 'WrongSet');
  await refuses(contract.update(sealed(101, now - 90, set, set, { signers: 4 })), 'NoQuorum');
  await refuses(contract.update(sealed(101, now - 90, set, set, { of: chainId + 1 })), 'InvalidSeal');
  await refuses(update({ round: 1 }), 'InvalidSeal');
  await refuses(update({ bitmap: good.bitmap << 1n }), 'InvalidSeal');
  await refuses(update({ bitmap: good.bitmap | 1n << 6n }), 'MalformedSeals');
  await refuses(update({ seals: good.seals.slice(0, -130) }), 'MalformedSeals');
  await refuses(update({ seals: good.seals + '00' }), 'MalformedSeals');
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const s = order - BigInt('0x' + good.seals.slice(66, 130)), v = 1 - Number(good.seals.slice(130, 132));
  await refuses(update({ seals: good.seals.slice(0, 66) + toBeHex(s, 32).slice(2) + toBeHex(v, 1).slice(2) + good.seals.slice(132) }), 'InvalidSeal');
  const odd = keys(3, 'odd'), broken = concat([setOf(odd), '0x00']);
  const client = await deploy({ ...headerOf(100, now - 100, odd, odd), preimage: concat([new Uint8Array(64), keccak256(broken), new Uint8Array(160)]) });
  const preimage = concat([id('DePinChain.consensus.v1'), keccak256(broken), keccak256(broken), new Uint8Array(160)]);
  const fields = [...template];
  [fields[8], fields[11], fields[19]] = [toBeHex(101), toBeHex(now - 90), keccak256(preimage)];
  await refuses(client.update({ header: encodeRlp(fields), preimage, set: broken, round: 0, bitmap: 0, seals: '0x' }), 'MalformedSet');
  await (await contract.update(good)).wait();
  await refuses(contract.update(good), 'NotLater');
});

test('light client: a forged proof is refused', async () => {
  await waitForBlocks(2);
  const head = Number(await rpc('eth_blockNumber'));
  const contract = await deploy(await certified(head - 1));
  const header = await certified(head);
  await (await contract.update(header)).wait();
  const account = wallet(1).address;
  const { accountProof: proof } = await rpc('eth_getProof', account, [], hex(head));
  const forged = [...proof.slice(0, -1), proof.at(-1).slice(0, -2) + (proof.at(-1).endsWith('00') ? '01' : '00')];
  await refuses(contract.proveAccount(header.header, account, forged), 'InvalidProof');
  await refuses(contract.proveAccount(header.header, account, proof.slice(0, -1)), 'InvalidProof');
  await refuses(contract.proveAccount(header.header, account, [...proof, proof.at(-1)]), 'InvalidProof');
  await refuses(contract.proveAccount(header.header, account, []), 'InvalidProof');
  const other = await certified(head - 2);
  await refuses(contract.proveAccount(other.header, account, proof), 'UnknownHeader');
});

test('light client: two certificates for one height freeze it for ever', async () => {
  const set = keys(4, 'frozen');
  const contract = await deploy(headerOf(100, now - 100, set, set));
  const one = sealed(101, now - 90, set, set), two = sealed(101, now - 90, set, set, { gasLimit: 99_000_000, round: 2 });
  await refuses(contract.freeze(one, one), 'NoMisbehaviour');
  await refuses(contract.freeze(one, sealed(102, now - 89, set, set)), 'NoMisbehaviour');
  await refuses(contract.freeze(one, sealed(101, now - 90, keys(4, 'x'), set)), 'NoMisbehaviour');
  const [x, y] = [sealed(101, now - 90, keys(4, 'x'), set), sealed(101, now - 91, keys(4, 'x'), set)];
  await refuses(contract.freeze(x, y), 'WrongSet');
  await refuses(contract.freeze(one, sealed(101, now - 91, set, set, { signers: 2 })), 'NoQuorum');
  await (await contract.update(one)).wait();
  await (await contract.freeze(one, two)).wait();
  assert.equal(await contract.frozen(), true);
  await refuses(contract.update(sealed(102, now - 80, set, set)), 'IsFrozen');
  await refuses(contract.freeze(one, two), 'IsFrozen');
  await refuses(contract.proveAccount(one.header, wallet(1).address, []), 'IsFrozen');
});

test('light client: who is not updated for the trusting period believes nothing new', async () => {
  const set = keys(4, 'expired');
  const contract = await deploy(headerOf(100, now - 100, set, set), 100);
  await refuses(contract.update(sealed(101, now - 90, set, set)), 'Expired');
});

test('light client: takes what depin relay makes', async () => {
  const depin = async (...args) => JSON.parse((await promisify(execFile)('dotnet', [cli, ...args, '--rpc', rpcUrl, '--json'])).stdout);
  const trust = await depin('relay', 'trust');
  const contract = await (await new ContractFactory(abi, bytecode, signer).deploy(trust.chainId, trust.trustingSeconds, trust.blockHash,
    trust.height, trust.timestamp, trust.nextValidatorsHash)).waitForDeployment();
  await waitForBlocks(2);
  const update = await depin('relay', 'update');
  const to = await contract.getAddress();
  await (await signer.sendTransaction({ to, data: update.calldata })).wait();
  assert.equal(await contract.height(), BigInt(update.height));
  const staking = '0x0000000000000000000000000000000000001001';
  const account = await depin('relay', 'prove', wallet(4).address, '--height', update.height);
  const [exists, , balance] = contract.interface.decodeFunctionResult('proveAccount', await anvil.provider.call({ to, data: account.calldata }));
  assert.equal(exists, true);
  assert.equal(balance, BigInt(await rpc('eth_getBalance', wallet(4).address, hex(Number(update.height)))));
  const location = zeroPadValue(toBeHex(70), 32);
  const record = await depin('relay', 'prove', staking, location, '--height', update.height);
  const [proven] = contract.interface.decodeFunctionResult('proveRecord', await anvil.provider.call({ to, data: record.calldata }));
  const { storageProof } = await rpc('eth_getProof', staking, [location], hex(Number(update.height)));
  assert.equal(proven, storageProof[0].value);
});
