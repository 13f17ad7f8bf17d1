using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Engine;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Crash;

/// <summary>Every vote and proposal found in the nodes' logs over many lives, and whether any signer contradicted itself.</summary>
internal sealed class SigningRecord
{
    private readonly Dictionary<Slot, (Hash256 BlockHash, int ValidRound)> _said = [];

    /// <summary>How many different things were signed.</summary>
    public int Count => _said.Count;

    /// <summary>Takes in the logs of all nodes of a stopped network.</summary>
    public void Read(string dataFolder)
    {
        foreach (string node in Directory.GetDirectories(dataFolder, "v*"))
        {
            // A copy: opening a log cuts its torn end, and that is the node's business.
            string copy = Directory.CreateTempSubdirectory("depin-wal-").FullName;
            try
            {
                string log = Path.Combine(node, "consensus.wal");
                if (!File.Exists(log)) continue;
                File.Copy(log, Path.Combine(copy, "consensus.wal"));
                using WriteAheadLog opened = WriteAheadLog.Open(new DiskFolder(copy));
                using HeightLog height = new(opened);
                foreach (Input input in height.Read(_ => { })) Take(input);
                Assert.That(height.Condition, Is.Not.EqualTo(LogCondition.Damaged), $"{log} is damaged");
            }
            finally
            {
                Directory.Delete(copy, recursive: true);
            }
        }
    }

    private void Take(Input input)
    {
        switch (input)
        {
            case Input.VoteReceived { Vote: var vote } received:
                SigningStep step = vote.Kind == VoteKind.Prevote ? SigningStep.Prevote : SigningStep.Precommit;
                Add(new Slot(received.Signer, vote.Height, vote.Round, step), (vote.BlockHash, vote.ValidRound));
                break;
            case Input.ProposalReceived { Proposal: var proposal } received:
                Slot turn = new(received.Signer, proposal.Height, proposal.Round, SigningStep.Propose);
                Add(turn, (proposal.BlockHash, proposal.ValidRound));
                break;
        }
    }

    private void Add(Slot slot, (Hash256 BlockHash, int ValidRound) content)
    {
        if (_said.TryAdd(slot, content)) return;
        Assert.That(content, Is.EqualTo(_said[slot]), $"signed twice: {slot}");
    }

    private readonly record struct Slot(Address Signer, ulong Height, uint Round, SigningStep Step);
}
