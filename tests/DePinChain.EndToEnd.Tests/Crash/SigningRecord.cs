using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Crash;

/// <summary>What every signer is known to have signed over many lives, and whether any contradicted itself.</summary>
/// <remarks>
/// Three independent places say it: the signers' marks (the last thing each signed before it was killed), the votes and
/// proposals in the nodes' logs (when the kill fell into the middle of a height), and the seals of the final certificates.
/// </remarks>
internal sealed class SigningRecord
{
    private readonly Dictionary<Slot, Hash256> _said = [];
    private ulong _chainId;

    /// <summary>How many different things were signed.</summary>
    public int Count => _said.Count;

    /// <summary>Takes in the marks and logs of all nodes of a stopped network.</summary>
    public void Read(string dataFolder)
    {
        foreach (string node in Directory.GetDirectories(dataFolder, "v*"))
        {
            SignerMark? mark = SignerMark.Decode(File.ReadAllBytes(Path.Combine(node, "signer.mark")));
            Assert.That(mark, Is.Not.Null, $"{node}: the mark is whole after a kill");
            _chainId = mark!.ChainId;
            if (mark.Slot.Height > 0)
            {
                Assert.That(mark.Signature.TryRecover(mark.Digest, out Address signer), $"{node}: the mark's signature");
                Add(new Slot(signer, mark.Slot), mark.Digest);
            }

            ReadLog(Path.Combine(node, "consensus.wal"));
        }
    }

    /// <summary>Takes in the seals of the final blocks up to a height.</summary>
    public async Task ReadCertificatesAsync(Localnet localnet, ulong height)
    {
        for (ulong at = 1; at <= height; at++)
        {
            JsonElement commit = await localnet.CallAsync("depin_getCommit", at);
            uint round = Convert.ToUInt32(commit.GetProperty("round").GetString(), 16);
            Hash256 block = Hash256.Parse(commit.GetProperty("blockHash").GetString()!);
            Hash256 digest = ConsensusSignBytes.OfVote(_chainId, VoteKind.Precommit, at, round, -1, block);
            foreach (JsonElement seal in commit.GetProperty("seals").EnumerateArray())
            {
                Assert.That(new Signature(Hex.Decode(seal.GetString()!)).TryRecover(digest, out Address signer), $"a seal of block {at}");
                Add(new Slot(signer, new SigningSlot(at, round, SigningStep.Precommit)), digest);
            }
        }
    }

    private void ReadLog(string path)
    {
        if (!File.Exists(path)) return;

        // A copy: opening a log cuts its torn end, and that is the node's business.
        string copy = Directory.CreateTempSubdirectory("depin-wal-").FullName;
        try
        {
            File.Copy(path, Path.Combine(copy, "consensus.wal"));
            using WriteAheadLog opened = WriteAheadLog.Open(new DiskFolder(copy));
            using HeightLog height = new(opened);
            foreach (Input input in height.Read(_ => { })) Take(input);
            Assert.That(height.Condition, Is.Not.EqualTo(LogCondition.Damaged), $"{path} is damaged");
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private void Take(Input input)
    {
        switch (input)
        {
            case Input.VoteReceived { Vote: var vote } received:
                SigningStep step = vote.Kind == VoteKind.Prevote ? SigningStep.Prevote : SigningStep.Precommit;
                Add(new Slot(received.Signer, new SigningSlot(vote.Height, vote.Round, step)), vote.SigningDigest(_chainId));
                break;
            case Input.ProposalReceived { Proposal: var proposal } received:
                SigningSlot turn = new(proposal.Height, proposal.Round, SigningStep.Propose);
                Add(new Slot(received.Signer, turn), proposal.SigningDigest(_chainId));
                break;
        }
    }

    private void Add(Slot slot, Hash256 digest)
    {
        if (_said.TryAdd(slot, digest)) return;
        Assert.That(digest, Is.EqualTo(_said[slot]), $"signed twice: {slot}");
    }

    private readonly record struct Slot(Address Signer, SigningSlot Place);
}
