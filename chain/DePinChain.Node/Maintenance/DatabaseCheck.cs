using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Ledger;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Node.Maintenance;

/// <summary>Looks at a database that nobody uses: does it hang together, from the head's state root to the indexes?</summary>
internal sealed class DatabaseCheck(IKeyValueStore store, GenesisDocument genesis)
{
    private const ulong RecentBlocks = 1_000;
    private const int FaultsMax = 20;

    private readonly BlockArchive _archive = new(store);
    private readonly SortedSet<Address> _seen = [];
    private readonly List<CheckFault> _faults = [];

    /// <summary>Runs all checks.</summary>
    /// <param name="isDeep">Every block instead of the last 1,000.</param>
    public CheckReport Run(bool isDeep)
    {
        ulong head = _archive.Head ?? 0;
        ulong oldest = _archive.FirstBody == 1 ? 0 : _archive.FirstBody;
        ulong from = Math.Max(oldest, isDeep || head < RecentBlocks ? 0 : head - RecentBlocks);

        // The block that a snapshot was of came without receipts, and nothing below it came at all.
        ulong first = Math.Max(from, oldest == 0 ? 1 : oldest + 1);
        CheckGenesis();
        Hash256? parent = null;
        for (ulong height = from; height <= head && _faults.Count < FaultsMax; height++) parent = CheckHeader(height, parent);
        for (ulong height = first; height <= head && _faults.Count < FaultsMax; height++) CheckBody(height);
        CheckState(head);
        return new CheckReport(head, from, _seen.Count, _faults);
    }

    private void CheckGenesis()
    {
        Hash256 wanted = ChainOpening.HashOf(genesis, ModuleCatalog.Modules);
        Hash256? found = _archive.FindHeader(0)?.Hash;
        if (found == wanted) return;
        Fault(CheckPart.Genesis, 0, $"block 0 is {found?.ToString() ?? "missing"}, the genesis document gives {wanted}");
    }

    private Hash256? CheckHeader(ulong height, Hash256? parent)
    {
        if (Read(CheckPart.Header, height, () => _archive.FindHeader(height)) is not { } header) return null;
        if (parent is { } known && header.ParentHash != known) Fault(CheckPart.Header, height, "it does not follow the block before it");
        if (_archive.FindHeight(header.Hash) != height) Fault(CheckPart.Index, height, "its hash does not lead to it");
        return header.Hash;
    }

    private void CheckBody(ulong height)
    {
        if (Read(CheckPart.Body, height, () => _archive.FindBlock(height)) is not { } block) return;
        if (Read(CheckPart.Body, height, () => _archive.FindReceipts(height)) is not { } receipts) return;
        if (block.Hash != _archive.FindHeader(height)?.Hash) Fault(CheckPart.Body, height, "the body is of another block than the header");
        if (MerkleTrie.RootOf([.. block.Transactions.Select(each => each.Raw.ToArray())]) != block.Header.TransactionsRoot)
            Fault(CheckPart.Body, height, "the transactions are not those of the header");
        if (MerkleTrie.RootOf([.. receipts.Select(each => each.Encode())]) != block.Header.ReceiptsRoot)
            Fault(CheckPart.Body, height, "the receipts are not those of the header");
        if (_archive.FindCommit(height, out _) is not { } commit || commit.BlockHash != block.Hash)
            Fault(CheckPart.Certificate, height, "it has no certificate");
        if (!_archive.IsIndexed(block, receipts)) Fault(CheckPart.Index, height, "a transaction or log of it cannot be found by the index");
        foreach (Transaction transaction in block.Transactions)
        {
            if (transaction.To is { } to) _seen.Add(to);
        }
    }

    // Accounts that the blocks touch, the modules and the validators: each is proven from its leaf to the root in the head's header.
    private void CheckState(ulong head)
    {
        using StateTree state = StateTree.Open(store);
        BlockHeader? header = _archive.FindHeader(head);
        if (state.Height != head || state.Root != header?.StateRoot)
        {
            Fault(
                CheckPart.State, head, $"the state is of height {state.Height} with root {state.Root}, the head's is {header?.StateRoot}");
            return;
        }

        foreach (var module in ModuleCatalog.Modules.Descriptors) _seen.Add(module.Address);
        foreach (GenesisAccount account in genesis.Accounts) _seen.Add(account.Address);
        using StateSnapshot flat = state.Latest();
        foreach (Address address in _seen)
        {
            if (_faults.Count >= FaultsMax) return;
            AccountProof? proof = Read(CheckPart.State, head, () => state.Prove(address, [], head));
            if (proof is null) continue;
            if (!proof.Verify(state.Root)) Fault(CheckPart.State, head, $"the trie does not prove {address}");
            if (proof.Account != flat.FindAccount(address)) Fault(CheckPart.State, head, $"{address} is not what the trie proves");
        }
    }

    private T? Read<T>(CheckPart part, ulong height, Func<T?> read)
        where T : class
    {
        try
        {
            if (read() is { } value) return value;
            Fault(part, height, "it is missing");
        }
        catch (Exception damage) when (damage is LedgerCorruptException or StateCorruptException or DatabaseException)
        {
            Fault(part, height, damage.Message);
        }

        return null;
    }

    private void Fault(CheckPart part, ulong height, string what) => _faults.Add(new CheckFault(part, height, what));
}

/// <summary>What was looked at.</summary>
internal enum CheckPart
{
    Genesis,
    Header,
    Body,
    Certificate,
    Index,
    State,
}

/// <param name="Part">What is damaged.</param>
/// <param name="Height">Where.</param>
/// <param name="What">How.</param>
internal sealed record CheckFault(CheckPart Part, ulong Height, string What);

/// <param name="Head">The last block.</param>
/// <param name="From">The first height that was looked at.</param>
/// <param name="Accounts">How many accounts were proven.</param>
/// <param name="Faults">What was found; at most some twenty.</param>
internal sealed record CheckReport(ulong Head, ulong From, int Accounts, IReadOnlyList<CheckFault> Faults);
