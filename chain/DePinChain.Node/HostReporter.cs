using DePinChain.Blocks;
using DePinChain.Engine;

namespace DePinChain.Node;

/// <summary>Puts into words what happens to a node.</summary>
internal sealed class HostReporter(ConsoleReport console, ValidatorNode node, bool showsBlocks)
{
    /// <summary>Called on the node's consensus thread.</summary>
    public void Report(HostReport report)
    {
        switch (report)
        {
            case HostReport.Committed committed:
                // One line a block, whatever the number of nodes.
                if (showsBlocks) console.Block(LineOf(committed));
                break;
            case HostReport.Synchronized caught:
                console.Say(node.Name, $"caught up: blocks {caught.From} to {caught.To} taken over from peers");
                break;
            case HostReport.Recovered recovered:
                console.Say(
                    node.Name,
                    $"recovered: WAL {recovered.Records} records replayed, head {recovered.Head}, mark {recovered.Mark?.Slot}, 0 lost");
                break;
            case HostReport.VotingSuspended suspended:
                console.Say(
                    node.Name,
                    $"follows without voting until block {suspended.Mark.Slot.Height + 1}: the log of the height it signed last is lost");
                break;
            case HostReport.Listening listening:
                console.Say(
                    node.Name,
                    $"listens to two blocks before it votes, from {listening.VotesFrom} on or once it has caught up: a second machine "
                    + "with its key would be heard");
                break;
            case HostReport.SignatureRefused refused:
                console.Say(
                    node.Name,
                    $"the signer refused {refused.Slot}: {refused.Trouble ?? "something else was signed there before"}");
                break;
            case HostReport.BlockRefused refused:
                console.Say(
                    node.Name,
                    $"block {refused.Block.Number} {refused.Block.Hash} of {refused.Block.Header.Miner} is invalid: {refused.Fault}");
                break;
            case HostReport.BuildFailed failed:
                console.Say(node.Name, $"no block built for height {failed.Height}: {failed.Fault}");
                break;
            case HostReport.Equivocation found:
                console.Say(node.Name, $"{found.Signer} signed twice at height {found.Evidence.Height}; the proof waits for a block");
                break;
            case HostReport.LockForgotten forgotten:
                (Vote locked, Vote later) = (forgotten.Offence.First, forgotten.Offence.Second);
                console.Say(
                    node.Name,
                    $"{forgotten.Signer} precommitted {locked.BlockHash} in round {locked.Round} of height {locked.Height} and prevoted "
                    + $"{later.BlockHash} in round {later.Round}; see depin forensics --height {locked.Height}");
                break;
            case HostReport.PeerMisbehaved peer:
                console.Say(node.Name, $"peer {peer.Peer} sent {peer.What}");
                break;
        }
    }

    private static BlockLine LineOf(HostReport.Committed committed)
    {
        ChainHead head = committed.Head;
        return new BlockLine(
            head.Number,
            head.Block.Hash,
            head.Commit?.Seals.Count ?? 0,
            head.Signers?.Count ?? 0,
            committed.Round,
            head.Block.Transactions.Count(transaction => !transaction.IsSystem),
            committed.TookMs,
            committed.FinalMs);
    }
}
