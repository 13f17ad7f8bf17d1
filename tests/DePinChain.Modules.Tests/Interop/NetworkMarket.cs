using DePinChain.Modules.Attestations;
using DePinChain.Modules.Compute;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Attestations;

namespace DePinChain.Modules.Tests.Interop;

/// <summary>The compute modules of one of two networks, in the order of the catalog.</summary>
internal sealed class NetworkMarket
{
    public NetworkMarket(ModuleScope scope, TokensModule tokens, TreasuryModule treasury)
    {
        Emission = new EmissionModule(scope.StateOf(WellKnownAddresses.Emission), scope.LogsOf(WellKnownAddresses.Emission), scope.Issuer);
        JobKinds kinds = new();
        Attestations = new AttestationsModule(
            scope.StateOf(WellKnownAddresses.Attestations), scope.LogsOf(WellKnownAddresses.Attestations), scope.Bank, scope.Cryptography,
            treasury, new FixedSeats([]), kinds);
        Escrow = new EscrowModule(
            scope.StateOf(WellKnownAddresses.Escrow), scope.LogsOf(WellKnownAddresses.Escrow), scope.Bank, tokens, treasury);
        Devices = new DevicesModule(
            scope.StateOf(WellKnownAddresses.Devices), scope.LogsOf(WellKnownAddresses.Devices), scope.Bank, Emission, Attestations,
            new OracleModule(scope.StateOf(WellKnownAddresses.Oracle), scope.LogsOf(WellKnownAddresses.Oracle), new FixedSeats([])),
            new ClientPolicies());
        kinds.Add(Devices);
        Market = new ComputeMarketModule(
            scope.StateOf(WellKnownAddresses.ComputeMarket), scope.LogsOf(WellKnownAddresses.ComputeMarket), scope.Bank, treasury, Escrow,
            Devices, Watchers);
    }

    public static IReadOnlyList<ModuleDescriptor> Descriptors =>
    [
        EmissionModule.Descriptor, AttestationsModule.Descriptor, EscrowModule.Descriptor, DevicesModule.Descriptor,
        ComputeMarketModule.Descriptor,
    ];

    public OrderWatchers Watchers { get; } = new();

    public EmissionModule Emission { get; }

    public AttestationsModule Attestations { get; }

    public EscrowModule Escrow { get; }

    public DevicesModule Devices { get; }

    public ComputeMarketModule Market { get; }

    public IReadOnlyList<IModule> All => [Emission, Attestations, Escrow, Devices, Market];
}
