using System.Text;
using DePinChain.Blocks;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Execution;

/// <summary>Block 0 and its state.</summary>
/// <param name="Block">Without transactions; its parent hash is zero.</param>
/// <param name="Delta">The first state, over an empty one.</param>
/// <param name="Next">What consensus needs for height 1.</param>
public sealed record GenesisBlock(Block Block, StateDelta Delta, ConsensusView Next);

/// <summary>Turns a genesis document into block 0: accounts, module accounts, and each module's own first state.</summary>
public static class GenesisBuilder
{
    /// <summary>Every error of the document, those of the modules' sections included, with JSON paths; empty when it can be
    /// built.</summary>
    public static IReadOnlyList<GenesisError> Check(GenesisDocument genesis, ModuleSet modules, IStateReader empty)
    {
        var errors = new List<GenesisError>(genesis.Validate());
        var scope = new ExecutionScope(genesis.ChainId, modules, empty);
        foreach (GenesisModule section in genesis.Modules)
        {
            if (!scope.Modules.Any(m => m is IGenesis && string.Equals(m.Descriptor.Name, section.Name, StringComparison.Ordinal)))
                errors.Add(new GenesisError($"$.modules.{section.Name}", "no module of this name takes a section"));
        }
        foreach (IModule module in scope.Modules)
        {
            if (module is not IGenesis starting) continue;
            string name = module.Descriptor.Name;
            IReadOnlyList<GenesisFault> faults = starting.Validate(genesis.FindModule(name), $"$.modules.{name}");
            errors.AddRange(faults.Select(f => new GenesisError(f.Path, f.Message)));
        }
        return errors;
    }

    /// <summary>Builds block 0 over an empty state.</summary>
    /// <exception cref="GenesisException">The document has errors; all of them are named.</exception>
    public static GenesisBlock Build(
        GenesisDocument genesis, ModuleSet modules, IStateReader empty, Func<StateOverlay, StateDelta> seal)
    {
        IReadOnlyList<GenesisError> errors = Check(genesis, modules, empty);
        if (errors.Count > 0) throw new GenesisException(errors);

        var scope = new ExecutionScope(genesis.ChainId, modules, empty);
        ChainRules rules = ChainRules.Of(genesis);
        foreach (GenesisAccount account in genesis.Accounts) scope.Overlay.SetBalance(account.Address, account.Balance.ToUInt256());
        foreach (ModuleDescriptor descriptor in modules.Descriptors) ModuleCode.Establish(scope.Overlay, descriptor.Address);
        scope.System.RecordSupply(genesis.TotalSupply);
        scope.Bank.StartFrom(genesis.TotalSupply);
        GenesisContext context = ContextOf(genesis, rules);
        foreach (IModule module in scope.Modules)
            if (module is IGenesis starting) starting.Initialize(genesis.FindModule(module.Descriptor.Name), context);

        // Modules may move the founders' coins, not add to them.
        Invariant.Assert(scope.Bank.Totals == (UInt256.Zero, UInt256.Zero), "genesis mints and burns nothing");
        scope.Bank.CheckConservation();
        scope.Journal.Commit();
        IValidatorSource validators = scope.Validators;
        var preimage = new ConsensusPreimage(
            validators.CurrentSet.Hash,
            validators.NextSet.Hash,
            Hash256.Zero,
            Evidence.HashOf([]),
            modules.Parameters.Hash(rules.Forks, 0, scope.Modules),
            ConsensusPart.VrfProofHash([]),
            validators.Epoch);
        var next = new ConsensusView(validators, 1);
        StateDelta delta = seal(scope.Overlay);
        var header = new BlockHeader
        {
            ParentHash = Hash256.Zero,
            Miner = Address.Zero,
            StateRoot = delta.Root,
            TransactionsRoot = MerkleTrie.EmptyRoot,
            ReceiptsRoot = MerkleTrie.EmptyRoot,
            LogsBloom = Bloom.Empty,
            Number = 0,
            GasLimit = genesis.GasLimit,
            GasUsed = 0,
            Timestamp = genesis.Timestamp,
            ExtraData = Encoding.UTF8.GetBytes(genesis.ExtraData),
            MixHash = FirstMix(genesis.ChainId, delta.Root),
            BaseFeePerGas = genesis.InitialBaseFeePerGas,
            ConsensusRoot = preimage.Root,
        };
        return new GenesisBlock(new Block(header, [], new ConsensusPart(null, [], default, preimage)), delta, next);
    }

    /// <summary>keccak("DePinChain.genesis.v1" ‖ chainId in 32 bytes ‖ state root): nothing may depend on it being unpredictable.</summary>
    private static Hash256 FirstMix(ulong chainId, in Hash256 stateRoot) => new Keccak256.Hasher()
        .Append("DePinChain.genesis.v1"u8)
        .Append(((UInt256)chainId).ToHash256().ToArray())
        .Append(stateRoot.ToArray())
        .Finish();

    private static GenesisContext ContextOf(GenesisDocument genesis, ChainRules rules) => new()
    {
        ChainId = genesis.ChainId,
        Timestamp = genesis.Timestamp,
        IsDevelopment = genesis.Development,
        TotalSupply = genesis.TotalSupply,
        Forks = rules.Forks,
        Validators = [.. genesis.Validators.Select(v => new FoundingValidator(
            v.Operator, v.Name, v.SigningKey.ToArray(), v.VrfKey.ToArray(), v.VrfProofOfPossession.ToArray(), v.SelfBond, v.Commission))],
    };
}
