// Checks a proof in the visitor's browser, out of the same file as `depin verify file`: keccak, RLP and the trie's walk are those of noble
// and ethereumjs. This site is asked for the file and for nothing else.
import { MerklePatriciaTrie, updateMPTFromMerkleProof } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { decodeRecord } from "./record.js";

const hex = (bytes) => "0x" + bytesToHex(bytes);
const bytesOf = (text) => hexToBytes(text.slice(2));
const word = (number) => hexToBytes(BigInt.asUintN(256, BigInt(number)).toString(16).padStart(64, "0"));
const require = (condition, otherwise) => { if (!condition) throw new Error(otherwise); };
const number = (bytes) => (bytes.length === 0 ? 0n : BigInt(hex(bytes)));

/** keccak(u32 n ‖ n · (address ‖ u64 power)): what a header names its validators by. */
function setHash(validators) {
  const count = hexToBytes(validators.length.toString(16).padStart(8, "0"));
  const entries = validators.flatMap(({ address, power }) => [bytesOf(address), word(power).slice(24)]);
  return hex(keccak_256(concatBytes(count, ...entries)));
}

/** EIP-712: what a validator signs for a block that it precommits. */
function precommitDigest(chainId, commit) {
  const domain = keccak_256(concatBytes(
    keccak_256(utf8ToBytes("EIP712Domain(string name,string version,uint256 chainId)")),
    keccak_256(utf8ToBytes("DePinChain Consensus")), keccak_256(utf8ToBytes("1")), word(chainId)));
  const precommit = 2;
  const vote = keccak_256(concatBytes(
    keccak_256(utf8ToBytes("Vote(uint8 kind,uint64 height,uint32 round,int32 validRound,bytes32 blockHash)")),
    word(precommit), word(commit.height), word(commit.round), word(-1), bytesOf(commit.blockHash)));
  return keccak_256(concatBytes(Uint8Array.of(0x19, 0x01), domain, vote));
}

function signerOf(digest, seal) {
  const signature = new secp256k1.Signature(number(seal.slice(0, 32)), number(seal.slice(32, 64)), seal[64]);
  return hex(keccak_256(signature.recoverPublicKey(digest).toBytes(false).slice(1)).slice(12));
}

/** The power behind a certificate, every seal of which is checked. */
function signedPower(chainId, validators, commit) {
  const digest = precommitDigest(chainId, commit);
  const bitmap = bytesOf(commit.bitmap);
  let next = 0;
  let power = 0n;
  validators.forEach((validator, i) => {
    if (((bitmap[i >> 3] ?? 0) >> (i & 7) & 1) === 0) return;
    const signer = signerOf(digest, bytesOf(commit.seals[next++]));
    require(signer === validator.address.toLowerCase(), `a seal is by ${signer} and not by ${validator.address}`);
    power += BigInt(validator.power);
  });
  require(next === commit.seals.length, "there are more seals than signers");
  return power;
}

async function leafOf(root, key, nodes) {
  const trie = new MerklePatriciaTrie({ root: bytesOf(root), useKeyHashing: true });
  await updateMPTFromMerkleProof(trie, nodes.map(bytesOf), true);
  return trie.get(key, true);
}

const keyOf = ({ keyType }, key) =>
  keyType === "bytes32" ? bytesOf(key) : keyType === "address" ? word(BigInt(key)) : word(BigInt(key));

/** Everything that a file claims, or an error that says what is not so. */
export async function verify(file) {
  require(file.format === "depin-proof-1", "this is no proof of a known form");
  const { header, preimage, validators, commit } = file.lightBlock;
  const hash = hex(keccak_256(bytesOf(header)));
  const fields = RLP.decode(bytesOf(header));
  require(number(fields[8]) === BigInt(file.height), "the header is of another height");
  require(hash === commit.blockHash && BigInt(commit.height) === BigInt(file.height), "the certificate is for another block");
  require(hex(keccak_256(bytesOf(preimage))) === hex(fields[19]), "the consensus root is not that of the header");
  const set = setHash(validators);
  require(set === hex(bytesOf(preimage).slice(32, 64)), "the validators are not those of the header");
  const all = validators.reduce((sum, { power }) => sum + BigInt(power), 0n);
  const signed = signedPower(file.chainId, validators, commit);
  require(3n * signed > 2n * all, `power ${signed} of ${all} signed; more than two thirds must`);

  const stateRoot = hex(fields[3]);
  const leaf = await leafOf(stateRoot, bytesOf(file.address.toLowerCase()), file.proof.accountProof);
  const account = leaf ? RLP.decode(leaf) : null;
  const facts = [];
  if (file.record) {
    require(account, "there is no such module");
    const { location, slot, type, types } = file.record;
    const place = hex(keccak_256(concatBytes(keyOf(file.record, file.key), word(slot))));
    require(place === location, "the record lies elsewhere");
    const item = file.proof.storageProof.find(({ key }) => BigInt(key) === BigInt(location));
    const stored = await leafOf(hex(account[2]), bytesOf(location), item.proof);
    require(stored, "it is proven that there is no such record");
    facts.push(...decodeRecord(types, type, RLP.decode(stored)));
  } else {
    facts.push(["balance in wei", account ? number(account[1]).toString() : "0"], ["nonce", account ? number(account[0]).toString() : "0"]);
  }

  return { hash, stateRoot, set, signed, all, signers: commit.seals.length, of: validators.length, facts };
}

function show(place, verdict) {
  const lines = [
    `Block ${verdict.hash} is signed by ${verdict.signers} of ${verdict.of} validators, power ${verdict.signed} of ${verdict.all}.`,
    `Their set is ${verdict.set}: that this set is the chain's is what is left to be known from elsewhere.`,
    `The proof leads from its state root ${verdict.stateRoot} to these values:`,
  ];
  const title = Object.assign(document.createElement("p"), { className: "good", textContent: "Proven, in this browser." });
  const list = document.createElement("dl");
  list.className = "facts";
  for (const [name, value] of verdict.facts) {
    const row = document.createElement("div");
    row.append(Object.assign(document.createElement("dt"), { textContent: name }),
      Object.assign(document.createElement("dd"), { className: "break", textContent: value }));
    list.append(row);
  }
  place.replaceChildren(title,
    ...lines.map((textContent) => Object.assign(document.createElement("p"), { className: "break", textContent })), list);
}

if (typeof document !== "undefined") {
  for (const card of document.querySelectorAll("[data-proof]")) {
    const place = card.querySelector(".verdict");
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Check it in this browser" });
    place.before(button);
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const answer = await fetch(card.dataset.proof);
        const file = await answer.json();
        require(answer.ok, file.problem);
        show(place, await verify(file));
      } catch (wrong) {
        place.replaceChildren(Object.assign(document.createElement("p"), { className: "bad", textContent: `Not proven: ${wrong.message}.` }));
      }
      button.disabled = false;
    });
  }
}
