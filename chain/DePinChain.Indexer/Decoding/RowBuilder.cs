using DePinChain.Client;
using DePinChain.Indexer.Following;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;

namespace DePinChain.Indexer.Decoding;

/// <summary>Blocks to rows, without balances: those need what is in the database already (<see cref="Bookkeeper"/>).</summary>
internal sealed class RowBuilder(ModuleCodec codec, IndexBatch batch)
{
    // Long enough for every name that a module allows, too short to be worth storing twice.
    private const int ErrorLengthMax = 120;

    private readonly List<(long Block, Movement Movement)> _movements = [];
    private readonly SortedDictionary<Address, (long Sent, long First, long Last)> _touched = [];

    /// <summary>Money that moved, in the chain's order.</summary>
    public IReadOnlyList<(long Block, Movement Movement)> Movements => _movements;

    /// <summary>Accounts that sent, got or are named, with the transactions they sent.</summary>
    public IReadOnlyDictionary<Address, (long Sent, long First, long Last)> Touched => _touched;

    /// <summary>Adds a block's rows. Its supply follows from <paramref name="supplyBefore"/>.</summary>
    public BlockRow Add(FetchedBlock block, UInt128 supplyBefore)
    {
        int firstMovement = _movements.Count;
        int events = 0;
        int people = 0;
        int failed = 0;
        UInt128 fees = 0;
        UInt128 tips = 0;
        for (int index = 0; index < block.Transactions.Count; index++)
        {
            FetchedTransaction transaction = block.Transactions[index];
            long id = RowId.Of(block.Number, index);
            var named = new SortedSet<Address>();
            if (!BlockParser.IsSystem(transaction))
            {
                people++;
                if (!transaction.Succeeded) failed++;
                AddTransaction(block, transaction, id);
                named.Add(transaction.From);
                named.Add(transaction.To);
                (UInt128 burned, UInt128 tip) = AddPayments(block, transaction, id);
                fees += burned;
                tips += tip;
            }

            foreach (FetchedLog log in transaction.Logs) AddEvent(block, log, id, RowId.Of(block.Number, events++), named);
            if (BlockParser.IsSystem(transaction)) continue;
            foreach (Address account in named)
                batch.AccountTransactions.Add(new AccountTransactionRow { Account = account, TransactionId = id });
        }

        (UInt128 minted, UInt128 destroyed) = Totals(firstMovement);
        BlockRow row = RowOf(block, people, events, (minted, destroyed, fees, tips), supplyBefore);
        batch.Blocks.Add(row);
        AddPeriod(row, failed);
        return row;
    }

    private static BlockRow RowOf(
        FetchedBlock block, int people, int events, (UInt128 Minted, UInt128 Burned, UInt128 Fees, UInt128 Tips) money,
        UInt128 supplyBefore)
        => new()
        {
            Number = block.Number,
            Hash = block.Hash,
            ParentHash = block.ParentHash,
            Timestamp = block.Timestamp,
            Proposer = block.Miner,
            ParentRound = block.ParentRound,
            ParentSigners = block.ParentSigners,
            Transactions = people,
            Events = events,
            GasUsed = block.GasUsed,
            GasLimit = block.GasLimit,
            BaseFee = block.BaseFee,
            Size = block.Size,
            Minted = money.Minted,
            Burned = money.Burned,
            FeesBurned = money.Fees,
            Tips = money.Tips,
            Supply = supplyBefore + money.Minted - money.Burned,
        };

    private void AddTransaction(FetchedBlock block, FetchedTransaction transaction, long id)
    {
        PublishedModule? module = codec.FindModule(transaction.To);
        AbiFunction? function = codec.FindFunction(transaction.To, transaction.Input);
        bool hasSelector = transaction.Input.Length >= AbiSignatures.SelectorSize;
        string? method = function?.Name ?? (hasSelector ? Hex.Encode(transaction.Input.AsSpan(0, AbiSignatures.SelectorSize)) : null);
        batch.Transactions.Add(new TransactionRow
        {
            Id = id,
            Hash = transaction.Hash,
            From = transaction.From,
            To = transaction.To,
            Module = module?.Name,
            Method = method,
            Succeeded = transaction.Succeeded,
            Error = transaction.Succeeded ? null : ErrorOf(transaction),
            Value = transaction.Value,
            GasUsed = transaction.GasUsed,
            GasPrice = transaction.GasPrice,
            Nonce = transaction.Nonce,
            Timestamp = block.Timestamp,
        });
        Touch(transaction.From, block.Number, sent: 1);
        Touch(transaction.To, block.Number, sent: 0);
    }

    private string ErrorOf(FetchedTransaction transaction)
    {
        if (transaction.RevertData.Length == 0) return transaction.GasUsed == transaction.GasLimit ? "OutOfGas" : "Reverted";
        DecodedRevert revert = codec.Directory.DecodeRevert(transaction.RevertData);
        return SafeText.Of(revert.Name == "Error" ? revert.Text : revert.Name, ErrorLengthMax);
    }

    /// <summary>The value, the base fee and the priority fee: what a receipt shows without a log.</summary>
    private (UInt128 Burned, UInt128 Tip) AddPayments(FetchedBlock block, FetchedTransaction transaction, long id)
    {
        if (transaction.Succeeded && transaction.Value > 0)
            Move(block, new Movement(transaction.From, transaction.To, EntryKind.Transfer, transaction.Value, id, EventId: null));
        UInt128 gas = (UInt128)(ulong)transaction.GasUsed;
        if (transaction.GasPrice < block.BaseFee)
            throw new ContradictionException($"{transaction.Hash} paid less than the base fee of its block");
        UInt128 burned = gas * block.BaseFee;
        UInt128 tip = gas * (transaction.GasPrice - block.BaseFee);
        if (burned > 0) Move(block, new Movement(transaction.From, null, EntryKind.BaseFee, burned, id, EventId: null));
        if (tip > 0) Move(block, new Movement(transaction.From, MoneyRules.FeePot, EntryKind.Tip, tip, id, EventId: null));
        return (burned, tip);
    }

    private void AddEvent(FetchedBlock block, FetchedLog log, long transactionId, long eventId, SortedSet<Address> named)
    {
        (PublishedModule Module, AbiEvent Event)? known = codec.FindEvent(log.Emitter, log.Topics);
        object?[]? values = known is { } found ? ModuleCodec.TryDecode(found.Event, log.Topics, log.Values) : null;
        if (known is not var (module, declared) || values is null)
        {
            string name = log.Topics.Count > 0 ? log.Topics[0].ToString() : "";
            batch.Events.Add(EventOf(log, transactionId, eventId, codec.FindModule(log.Emitter)?.Name ?? "", name, "{}"));
            return;
        }

        batch.Events.Add(EventOf(log, transactionId, eventId, module.Name, declared.Name, AbiTree.ToJson(declared.Inputs, values)));
        var accounts = new SortedSet<Address>();
        for (int i = 0; i < values.Length; i++) AddLink(module.Name, declared.Inputs[i], values[i], eventId, accounts);
        foreach (Address account in accounts)
        {
            batch.AccountEvents.Add(new AccountEventRow { Account = account, EventId = eventId });
            Touch(account, block.Number, sent: 0);
            named.Add(account);
        }

        bool isOwn = module.Address == log.Emitter;
        if (isOwn && MoneyRules.Read(module.Name, declared, log.Emitter, values, transactionId, eventId) is { } movement)
            Move(block, movement);
    }

    private static EventRow EventOf(FetchedLog log, long transactionId, long eventId, string module, string name, string arguments) => new()
    {
        Id = eventId,
        TransactionId = transactionId,
        Emitter = log.Emitter,
        Module = module,
        Name = name,
        Arguments = arguments,
    };

    private void AddLink(string module, AbiParameter parameter, object? value, long eventId, SortedSet<Address> accounts)
    {
        switch (value)
        {
            case Address account when !account.IsZero:
                accounts.Add(account);
                break;
            case string text when SafeText.Fold(text, WordRow.LengthMax) is { Length: > 0 } word:
                batch.Words.Add(new WordRow { Word = word, Parameter = parameter.Name, EventId = eventId });
                break;
            case UInt256 or byte[] or Hash256 when ObjectNames.Names(parameter, value) is { } key:
                batch.ObjectEvents.Add(new ObjectEventRow { Module = module, Parameter = parameter.Name, Value = key, EventId = eventId });
                break;
        }
    }

    private void Move(FetchedBlock block, Movement movement)
    {
        _movements.Add((block.Number, movement));
        if (movement.From is { } from) Touch(from, block.Number, sent: 0);
        if (movement.To is { } to) Touch(to, block.Number, sent: 0);
    }

    private void Touch(Address account, long block, long sent)
    {
        bool isKnown = _touched.TryGetValue(account, out (long Sent, long First, long Last) known);
        _touched[account] = (known.Sent + sent, isKnown ? known.First : block, block);
    }

    private (UInt128 Minted, UInt128 Burned) Totals(int first)
    {
        UInt128 minted = 0;
        UInt128 burned = 0;
        foreach ((_, Movement movement) in _movements.Skip(first))
        {
            if (movement.From is null) minted += movement.Amount;
            if (movement.To is null) burned += movement.Amount;
        }

        return (minted, burned);
    }

    private void AddPeriod(BlockRow block, int failed)
    {
        long start = block.Timestamp - (block.Timestamp % PeriodRow.Seconds);
        if (!batch.Periods.TryGetValue(start, out PeriodRow? period))
        {
            batch.Periods[start] = period = new PeriodRow
            {
                Start = start,
                Blocks = 0,
                Transactions = 0,
                Failed = 0,
                GasUsed = 0,
                Minted = 0,
                Burned = 0,
                Tips = 0,
            };
        }

        period.Blocks++;
        period.Transactions += block.Transactions;
        period.Failed += failed;
        period.GasUsed += block.GasUsed;
        period.Minted += block.Minted;
        period.Burned += block.Burned;
        period.Tips += block.Tips;
    }
}
