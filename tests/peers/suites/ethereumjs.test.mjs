import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBlockFromRPC, createBlockHeaderFromRPC } from '@ethereumjs/block';
import { Common, Hardfork, createCustomCommon, Mainnet } from '@ethereumjs/common';
import { verifyMPTWithMerkleProof, createMPT } from '@ethereumjs/mpt';
import { RLP } from '@ethereumjs/rlp';
import { bytesToHex, hexToBytes } from '@ethereumjs/util';
import { HDNodeWallet, JsonRpcProvider, Contract, keccak256, parseEther } from 'ethers';
import { mnemonic, moduleAbi, rpc, rpcUrl, waitForBlocks } from '../network.mjs';

const common = createCustomCommon({ chainId: Number(await rpc('eth_chainId')), name: 'depin-localnet' }, Mainnet, { hardfork: Hardfork.Cancun });
const provider = new JsonRpcProvider(rpcUrl, undefined, { pollingInterval: 100 });
const wallet = (index) => HDNodeWallet.fromPhrase(mnemonic, undefined, `m/44'/60'/0'/0/${index}`).connect(provider);

test('ethereumjs: block hash recomputed from the header, transactions trie valid', async () => {
  const receipt = await (await wallet(0).sendTransaction({ to: HDNodeWallet.createRandom().address, value: 1n })).wait();
  for (const number of [receipt.blockNumber, 1]) {
    const json = await rpc('eth_getBlockByNumber', '0x' + number.toString(16), true);
    const block = createBlockFromRPC(json, [], { common });
    assert.equal(bytesToHex(block.hash()), json.hash);
    assert.equal(await block.transactionsTrieIsValid(), true);
    const header = createBlockHeaderFromRPC(json, { common });
    assert.equal(bytesToHex(header.hash()), json.hash);
  }
});

test('ethereumjs: every header of the last blocks chains by hash', async () => {
  await waitForBlocks(3);
  const head = Number(await rpc('eth_blockNumber'));
  let parent = null;
  for (let n = Math.max(0, head - 8); n <= head; n++) {
    const json = await rpc('eth_getBlockByNumber', '0x' + n.toString(16), false);
    assert.equal(bytesToHex(createBlockHeaderFromRPC(json, { common }).hash()), json.hash);
    if (parent) assert.equal(json.parentHash, parent);
    parent = json.hash;
  }
});

async function verify(root, key, proof) {
  return verifyMPTWithMerkleProof(await createMPT({ useKeyHashing: true }), hexToBytes(root), hexToBytes(key), proof.map((n) => hexToBytes(n)));
}

test('ethereumjs: account proof of a funded and of an absent account', async () => {
  for (const address of [wallet(1).address, HDNodeWallet.createRandom().address]) {
    const number = await rpc('eth_blockNumber');
    const proof = await rpc('eth_getProof', address, [], number);
    const { stateRoot } = await rpc('eth_getBlockByNumber', number, false);
    const leaf = await verify(stateRoot, address, proof.accountProof);
    if (BigInt(proof.balance) === 0n) { assert.equal(leaf, null); continue; }
    const [nonce, balance, storageRoot, codeHash] = RLP.decode(leaf).map((b) => bytesToHex(b));
    assert.equal(BigInt(balance), BigInt(proof.balance));
    assert.equal(BigInt(nonce === '0x' ? 0 : nonce), BigInt(proof.nonce));
    assert.equal(storageRoot, proof.storageHash);
    assert.equal(codeHash, proof.codeHash);
  }
});

test('ethereumjs: storage proof of a module record, present and absent', async () => {
  const { address, abi } = await moduleAbi('Staking');
  const staking = new Contract(address, abi, wallet(2));
  const list = await staking.getValidators(0, 0, 10).catch(() => staking.getValidators(1, 0, 10));
  const first = list[0]?.[0] ?? list[0];
  const validator = typeof first === 'string' ? first : first[0];
  await (await staking.delegate(validator, { value: parseEther('3') })).wait();
  const module = (await rpc('depin_getModules')).find((m) => m.name.toLowerCase() === 'staking');
  const layout = typeof module.storageLayout === 'string' ? JSON.parse(module.storageLayout) : module.storageLayout;
  const pad = (hex) => hex.replace(/^0x/, '').toLowerCase().padStart(64, '0');
  let present = 0;
  for (const { slot } of layout.storage) {
    for (const location of ['0x' + pad(BigInt(slot).toString(16)), keccak256('0x' + pad(validator) + pad(BigInt(slot).toString(16)))]) {
      const number = await rpc('eth_blockNumber');
      const proof = await rpc('eth_getProof', address, [location], number);
      const { stateRoot } = await rpc('eth_getBlockByNumber', number, false);
      assert.ok(await verify(stateRoot, address, proof.accountProof));
      const leaf = await verify(proof.storageHash, location, proof.storageProof[0].proof);
      if (leaf === null) { assert.equal(BigInt(proof.storageProof[0].value), 0n); continue; }
      present++;
      const hex = proof.storageProof[0].value.slice(2);
      assert.equal(bytesToHex(RLP.decode(leaf)), '0x' + (hex.length % 2 ? '0' : '') + hex);
    }
  }
  assert.ok(present >= 2, `only ${present} locations were present`);
});

test('ethereumjs: the raw block decodes to the same hash', async () => {
  const number = await rpc('eth_blockNumber');
  const raw = await rpc('debug_getRawBlock', number);
  const { hash } = await rpc('eth_getBlockByNumber', number, false);
  assert.equal(keccak256(RLP.encode(RLP.decode(hexToBytes(raw))[0])), hash);
});
