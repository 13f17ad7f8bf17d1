using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Sdk;
using DePinChain.Modules.Tests.Staking;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Economy;

/// <summary>
/// Tokens, Treasury and Emission over one world in memory. Alice holds a million DPN, and mints token 1, the six-decimal USDX.
/// </summary>
internal sealed class EconomyNetwork
{
    public EconomyNetwork(EmissionGenesis? emission = null, TreasuryGenesis? treasury = null)
    {
        World.Fund(Stage.Alice, Amount.FromDpn(1_000_000));
        ModuleScope scope = World.Scope(new TestCryptography());
        Tokens = new TokensModule(scope.StateOf(WellKnownAddresses.Tokens), scope.LogsOf(WellKnownAddresses.Tokens));
        Treasury = new TreasuryModule(
            scope.StateOf(WellKnownAddresses.Treasury), scope.LogsOf(WellKnownAddresses.Treasury), scope.Issuer, Tokens);
        Emission = new EmissionModule(scope.StateOf(WellKnownAddresses.Emission), scope.LogsOf(WellKnownAddresses.Emission), scope.Issuer);
        var genesis = new GenesisContext
        {
            ChainId = HotKey.ChainId,
            Timestamp = 0,
            IsDevelopment = true,
            TotalSupply = World.TotalSupply,
            Validators = [],
            Forks = ForkSchedule.None,
        };
        Tokens.Initialize(new TokensGenesis { Tokens = [new GenesisToken("USD on the localnet", "USDX", 6, Stage.Alice)] }, genesis);
        Treasury.Initialize(treasury ?? new TreasuryGenesis(), genesis);
        Emission.Initialize(emission ?? new EmissionGenesis(), genesis);
    }

    public static Address Facade { get; } = WellKnownAddresses.TokenFacade(1);

    public InMemoryWorld World { get; } = new();

    public TokensModule Tokens { get; }

    public TreasuryModule Treasury { get; }

    public EmissionModule Emission { get; }

    /// <summary>A call through the ABI of whatever answers at an account; refused calls leave no trace.</summary>
    /// <returns>Results in the ABI.</returns>
    public byte[] Send(Address sender, Address to, byte[] calldata, Amount value = default, ulong height = 1)
    {
        int before = World.Snapshot();
        try
        {
            World.Transfer(sender, to, value);
            return ModuleAt(to).Dispatch(Stage.CallBy(sender, World, Stage.BlockAt(height), value), calldata);
        }
        catch (Revert)
        {
            World.Revert(before);
            throw;
        }
    }

    public void Refuses<TError>(Action call, in TError expected)
        where TError : struct, IError => Assert.That(Stage.RevertOf(call), Is.EqualTo(expected.Encode()), expected.ToString());

    public IReadOnlyList<TEvent> EventsOf<TEvent>(Address emitter)
        where TEvent : struct, IEvent<TEvent> =>
        [.. World.Logs.Where(log => log.Emitter == emitter).Select(static log => log.As<TEvent>()).OfType<TEvent>()];

    public void IsSound() => Assert.That(Tokens.Violations().Concat(Treasury.Violations()).Concat(Emission.Violations()), Is.Empty);

    private IModule ModuleAt(Address account) =>
        new IModule[] { Tokens, Treasury, Emission }.FirstOrDefault(module => module.Address == account)
        ?? Tokens.FindFacade(account)
        ?? throw new ArgumentException($"Nothing answers at {account}.");
}
