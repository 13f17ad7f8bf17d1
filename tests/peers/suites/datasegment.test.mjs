import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Aggregate, Inclusion, Piece } from '@web3-storage/data-segment';

// What DePinChain.Proofs says of the files in the folder, written by the fixture that starts this suite.
const folder = process.env.DEPIN_PIECES;
const said = JSON.parse(await readFile(join(folder, 'said.json'), 'utf8'));
const proof = ({ place, path }) => [BigInt(place), path.map((node) => Uint8Array.from(Buffer.from(node, 'hex')))];

test('data-segment: the piece of every random file is the same', async () => {
  assert.ok(said.files.length >= 12);
  for (const { name, cid } of said.files) {
    assert.equal(Piece.fromPayload(await readFile(join(folder, name))).toString(), cid, name);
  }
});

test('data-segment: an aggregate of pieces is the same, and so are its proofs', () => {
  const pieces = said.pieces.map((cid) => Piece.fromString(cid));
  const aggregate = Aggregate.build({ pieces, size: Aggregate.Size.from(said.aggregateSize) });
  assert.equal(aggregate.link.toString(), said.aggregate);
  pieces.forEach((piece, at) => {
    const theirs = aggregate.resolveProof(piece.link).ok;
    assert.deepEqual([theirs[0][0], theirs[1][0]], [BigInt(said.proofs[at].tree.place), BigInt(said.proofs[at].index.place)]);
    const ours = [proof(said.proofs[at].tree), proof(said.proofs[at].index)];
    assert.equal(Inclusion.resolveAggregate(ours, piece.link).ok.toString(), said.aggregate);
  });
});
