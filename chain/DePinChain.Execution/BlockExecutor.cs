using DePinChain.Blocks;
using DePinChain.Modules.Sdk;
using DePinChain.State;

namespace DePinChain.Execution;

/// <summary>Builds blocks and judges them by one and the same run. Pure: what it reads is handed in, what it finds is handed out.</summary>
/// <remarks>
/// The state root is computed by a delegate, so that the state may use every core; it is called once, after the last change. Instances hold
/// no state and may be used from several threads, each call with its own <c>parentState</c>.
/// </remarks>
public sealed class BlockExecutor(ChainRules rules, ModuleSet modules)
{
    public ChainRules Rules => rules;

    public ModuleSet Modules => modules;

    /// <summary>
    /// Executes candidates in their order, passes over those that do not fit or do not apply, and seals the block. The enumeration decides
    /// how long that may take: it is pulled one by one.
    /// </summary>
    public BlockVerdict Build(
        BlockHeader parent,
        ProposalInputs inputs,
        IEnumerable<SignedTransaction> candidates,
        IStateReader parentState,
        Func<StateOverlay, StateDelta> seal)
    {
        var run = new BlockRun(rules, modules, parent, inputs, parentState);
        if (BlockRules.CheckInputs(rules, parent, inputs) is { } mistake) return BlockVerdict.Invalid(mistake);
        if (run.Open() is { } refusal) return BlockVerdict.Invalid(refusal);
        run.Start();
        foreach (SignedTransaction candidate in candidates)
        {
            run.TryAdd(candidate, out _);
            if (run.IsFull) break;
        }
        return BlockVerdict.Valid(run.Close(seal));
    }

    /// <summary>
    /// Judges a block by every rule of <see cref="BlockRules"/> but timeliness and the proposer's turn, which depend on a clock and on the
    /// round (<see cref="ConsensusView.MayHaveBuilt"/>). A pure function of block and parent state: its result may be kept by hash.
    /// </summary>
    public BlockVerdict Validate(Block block, BlockHeader parent, IStateReader parentState, Func<StateOverlay, StateDelta> seal)
    {
        ProposalInputs inputs = ProposalInputs.Of(block);
        Rejection? mistake = BlockRules.CheckInputs(rules, parent, inputs) ?? BlockRules.CheckBefore(rules, block, parent);
        if (mistake is not null) return BlockVerdict.Invalid(mistake);

        var run = new BlockRun(rules, modules, parent, inputs, parentState);
        mistake = run.Open() ?? BlockRules.CheckOpened(block, run);
        if (mistake is not null) return BlockVerdict.Invalid(mistake);
        run.Start();
        mistake = BlockRules.CheckSystemTransaction(block, run.SystemTransaction) ?? AddAll(block, run);
        if (mistake is not null) return BlockVerdict.Invalid(mistake);

        // All of the block's transactions were added, and CheckBefore has computed their root.
        ExecutedBlock executed = run.Close(seal, block.Header.TransactionsRoot);
        mistake = BlockRules.CheckAfter(block, executed.Block);
        return mistake is null ? BlockVerdict.Valid(executed with { Block = block }) : BlockVerdict.Invalid(mistake);
    }

    /// <summary>What consensus needs to decide the block after <paramref name="height"/>, whose state is given.</summary>
    public ConsensusView ReadConsensusView(IStateReader state, ulong height) =>
        new(new ExecutionScope(rules.ChainId, modules, state).Validators, height + 1);

    /// <summary>Every parameter that governance may change, with its module's name, in catalog order.</summary>
    public IReadOnlyList<KeyValuePair<string, ModuleParameter>> ReadParameters(IStateReader state)
    {
        var all = new List<KeyValuePair<string, ModuleParameter>>();
        foreach (IModule module in new ExecutionScope(rules.ChainId, modules, state).Modules)
        {
            if (module is not IModuleParameters governed) continue;
            foreach (ModuleParameter parameter in governed.ListParameters())
                all.Add(KeyValuePair.Create(module.Descriptor.Name, parameter));
        }
        return all;
    }

    /// <summary>The evidence of a list that a block at <paramref name="height"/> may carry: proven, young enough and new.</summary>
    /// <param name="evidence">Each judged for itself; a proposer leaves out what is left out here.</param>
    /// <param name="state">After the block before.</param>
    /// <param name="height">Of the block that would carry it.</param>
    public IReadOnlyList<Evidence> FindPunishable(IReadOnlyList<Evidence> evidence, IStateReader state, ulong height)
    {
        if (evidence.Count == 0) return [];
        IValidatorSource validators = new ExecutionScope(rules.ChainId, modules, state).Validators;
        return [.. evidence.Where(item => EvidenceRules.Check(rules.ChainId, height, [item], validators, out _) is null)];
    }

    private static Rejection? AddAll(Block block, BlockRun run)
    {
        for (int i = run.SystemTransaction is null ? 0 : 1; i < block.Transactions.Count; i++)
        {
            Transaction transaction = block.Transactions[i];
            Rejection? mistake = null;
            bool added = SenderRecovery.TryRecover(transaction, out SignedTransaction? signed, out mistake)
                && run.TryAdd(signed, out mistake);
            if (!added) return Rejections.TransactionInvalid.Explain($"transaction {i}: {mistake?.Message}");
        }
        return null;
    }
}
