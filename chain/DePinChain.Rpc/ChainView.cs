using DePinChain.Blocks;
using DePinChain.Execution;
using DePinChain.Ledger;
using DePinChain.Mempool;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;
using DePinChain.State;

namespace DePinChain.Rpc;

/// <summary>The parts of a node that methods read. All of them may be read while blocks are committed.</summary>
/// <param name="Archive">Blocks, receipts, certificates and their indexes.</param>
/// <param name="Feed">Announces each committed block.</param>
/// <param name="State">The state and its past.</param>
/// <param name="Pool">Pending transactions.</param>
/// <param name="Executor">The kernel, for calls and views of consensus.</param>
public sealed record ChainView(BlockArchive Archive, HeadFeed Feed, StateTree State, TransactionPool Pool, BlockExecutor Executor)
{
    /// <summary>Decoded blocks that are asked for again and again.</summary>
    internal RecentBlocks Recent { get; } = new(Archive);

    /// <summary>Height of the newest block that can be read. Archive and state move together, in one batch.</summary>
    internal ulong HeadNumber => State.Height;

    internal BlockHeader Head => FindHeader(HeadNumber)
        ?? throw new InvalidOperationException("The head has a header: a chain without genesis serves nothing.");

    /// <summary>Wei per gas of the block after a header.</summary>
    internal UInt256 NextBaseFee(BlockHeader header) => FeeMarket.NextBaseFee(header, Executor.Rules.MinBaseFeePerGas);

    internal BlockHeader? FindHeader(ulong number) => number <= HeadNumber ? Archive.FindHeader(number) : null;

    /// <summary>Pending is not a header: callers that show one ask for it by name.</summary>
    internal BlockHeader? FindHeader(BlockSelector selector) => selector.Kind == BlockSelectorKind.Hash
        ? Archive.FindHeader(selector.Hash) is { } header && header.Number <= HeadNumber ? header : null
        : FindHeader(NumberOf(selector));

    internal Block? FindBlock(BlockSelector selector) => FindNumber(selector) is { } number ? Recent.FindBlock(number) : null;

    internal (Block Block, IReadOnlyList<Receipt> Receipts)? FindWithReceipts(BlockSelector selector) =>
        FindNumber(selector) is { } number ? Recent.FindWithReceipts(number) : null;

    /// <summary>Opens the state after a block; the caller disposes it.</summary>
    /// <returns>Null when it is open, else why it cannot be.</returns>
    internal RpcError? OpenState(BlockSelector selector, out StateSnapshot? state)
    {
        state = null;
        if (selector.Kind is BlockSelectorKind.Latest or BlockSelectorKind.Pending)
        {
            state = State.Latest();
            return null;
        }

        if (FindNumber(selector) is not { } number)
            return RpcError.Server(selector.Kind == BlockSelectorKind.Hash ? "header for hash not found" : "header not found");
        state = State.At(number);
        return state is null ? NotKept(State.FirstHeight) : null;
    }

    /// <summary>The header of the block whose state this is: the snapshot names the height, the head may move on.</summary>
    internal BlockHeader HeaderOf(StateSnapshot state) => Archive.FindHeader(state.Height)
        ?? throw new InvalidOperationException($"Height {state.Height} has a state and no header.");

    internal static RpcError NotKept(ulong first) =>
        RpcError.Server($"historical state not available: the first height kept is {first} ({Hex.Quantity(first)})");

    /// <summary>Senders of a block's transactions in order.</summary>
    internal static Address[] SendersOf(Block block)
    {
        var senders = new Address[block.Transactions.Count];
        int failed = SenderRecovery.RecoverAll(block.Transactions, senders);
        Invariant.Assert(failed < 0, "every transaction of a decided block has a sender");
        return senders;
    }

    internal static Address SenderOf(Transaction transaction)
    {
        if (transaction.IsSystem) return SystemTransaction.Sender;
        bool isFound = SenderRecovery.TryRecover(transaction, out Address sender);
        Invariant.Assert(isFound, "every transaction of a decided block has a sender");
        return sender;
    }

    /// <summary>The height that is meant, if a decided block has it.</summary>
    private ulong? FindNumber(BlockSelector selector)
    {
        ulong? number = selector.Kind == BlockSelectorKind.Hash ? Archive.FindHeight(selector.Hash) : NumberOf(selector);
        return number <= HeadNumber ? number : null;
    }

    private ulong NumberOf(BlockSelector selector) => selector.Kind switch
    {
        BlockSelectorKind.Number => selector.Number,
        BlockSelectorKind.Earliest => 0,
        _ => HeadNumber,
    };
}
