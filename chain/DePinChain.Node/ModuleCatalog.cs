using DePinChain.Execution;
using DePinChain.Modules.Attestations;
using DePinChain.Modules.Compute;
using DePinChain.Modules.Credentials;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Governance;
using DePinChain.Modules.Interop;
using DePinChain.Modules.Render;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Modules.Storage;
using DePinChain.Modules.Subnets;
using DePinChain.Modules.Subnets.Inference;

namespace DePinChain.Node;

/// <summary>The modules of the chain, in the order in which their hooks run; a module knows only those above it.</summary>
public static class ModuleCatalog
{
    /// <summary>The catalog as execution takes it.</summary>
    public static ModuleSet Modules { get; } = new(
        [
            TokensModule.Descriptor, TreasuryModule.Descriptor, EmissionModule.Descriptor, StakingModule.Descriptor,
            OracleModule.Descriptor, GovernanceModule.Descriptor, AttestationsModule.Descriptor,
            StorageMarketModule.Descriptor, DataSetsModule.Descriptor, SealedSectorsModule.Descriptor, PaymentChannelsModule.Descriptor,
            RetrievalsModule.Descriptor, EscrowModule.Descriptor, DevicesModule.Descriptor, ComputeMarketModule.Descriptor,
            ClustersModule.Descriptor,
            RenderModule.Descriptor, SubnetsModule.Descriptor, InferenceModule.Descriptor, CredentialsModule.Descriptor,
            LightClientsModule.Descriptor, PacketsModule.Descriptor,
        ],
        Create);

    private static IModule[] Create(ModuleScope scope)
    {
        TokensModule tokens = new(StateOf(scope, TokensModule.Descriptor), LogsOf(scope, TokensModule.Descriptor));
        TreasuryModule treasury = new(
            StateOf(scope, TreasuryModule.Descriptor), LogsOf(scope, TreasuryModule.Descriptor), scope.Issuer, tokens);
        EmissionModule emission = new(StateOf(scope, EmissionModule.Descriptor), LogsOf(scope, EmissionModule.Descriptor), scope.Issuer);
        StakeWatchers watchers = new();
        ClientPolicies policies = new();
        OrderWatchers orders = new();
        StakingModule staking = new(
            StateOf(scope, StakingModule.Descriptor), LogsOf(scope, StakingModule.Descriptor), scope.Issuer, scope.Cryptography, emission,
            watchers);
        OracleModule oracle = new(StateOf(scope, OracleModule.Descriptor), LogsOf(scope, OracleModule.Descriptor), staking);
        ModuleRoster roster = new();
        GovernanceModule governance = new(
            StateOf(scope, GovernanceModule.Descriptor), LogsOf(scope, GovernanceModule.Descriptor), scope.Bank, tokens, treasury, staking,
            roster, scope.Meter);
        watchers.Add(governance);
        JobKinds kinds = new();
        AttestationsModule attestations = new(
            StateOf(scope, AttestationsModule.Descriptor), LogsOf(scope, AttestationsModule.Descriptor), scope.Bank, scope.Cryptography,
            treasury, staking, kinds);
        IModule[] storage = CreateStorage(scope, tokens, treasury, emission, attestations, kinds, policies);
        EscrowModule escrow = new(
            StateOf(scope, EscrowModule.Descriptor), LogsOf(scope, EscrowModule.Descriptor), scope.Bank, tokens, treasury);
        DevicesModule devices = new(
            StateOf(scope, DevicesModule.Descriptor), LogsOf(scope, DevicesModule.Descriptor), scope.Bank, emission, attestations,
            oracle, policies);
        kinds.Add(devices);
        ComputeMarketModule market = new(
            StateOf(scope, ComputeMarketModule.Descriptor), LogsOf(scope, ComputeMarketModule.Descriptor), scope.Bank, treasury, escrow,
            devices, orders);
        ClustersModule clusters = new(
            StateOf(scope, ClustersModule.Descriptor), LogsOf(scope, ClustersModule.Descriptor), scope.Bank, tokens, treasury, oracle,
            devices);
        RenderModule render = new(
            StateOf(scope, RenderModule.Descriptor), LogsOf(scope, RenderModule.Descriptor), scope.Bank, treasury, emission, oracle,
            attestations);
        kinds.Add(render);
        SubnetsModule subnets = new(
            StateOf(scope, SubnetsModule.Descriptor), LogsOf(scope, SubnetsModule.Descriptor), scope.Bank, scope.Cryptography, emission);
        InferenceModule inference = new(
            StateOf(scope, InferenceModule.Descriptor), LogsOf(scope, InferenceModule.Descriptor), scope.Bank,
            scope.Cryptography, treasury, subnets, attestations);
        foreach (IJobKind kind in inference.Kinds) kinds.Add(kind);
        CredentialsModule credentials = new(
            StateOf(scope, CredentialsModule.Descriptor), LogsOf(scope, CredentialsModule.Descriptor), scope.Bank, tokens,
            scope.Cryptography);
        policies.AnsweredBy(credentials);
        LightClientsModule lightClients = new(StateOf(scope, LightClientsModule.Descriptor), LogsOf(scope, LightClientsModule.Descriptor));
        PacketsModule packets = new(
            StateOf(scope, PacketsModule.Descriptor), LogsOf(scope, PacketsModule.Descriptor), scope.Bank, tokens, treasury,
            lightClients, scope.Cryptography, scope.Meter, market);
        orders.Add(packets);
        IModule[] all =
        [
            tokens, treasury, emission, staking, oracle, governance, attestations, .. storage,
            escrow, devices, market, clusters, render, subnets, inference, credentials, lightClients,
            packets,
        ];
        foreach (IModule module in all) roster.Add(module);
        return all;
    }

    private static IModule[] CreateStorage(
        ModuleScope scope, TokensModule tokens, TreasuryModule treasury, EmissionModule emission, AttestationsModule attestations,
        JobKinds kinds, ClientPolicies policies)
    {
        StorageMarketModule storageMarket = new(
            StateOf(scope, StorageMarketModule.Descriptor), LogsOf(scope, StorageMarketModule.Descriptor), scope.Bank, scope.Cryptography,
            tokens, treasury, emission, policies);
        DataSetsModule dataSets = new(
            StateOf(scope, DataSetsModule.Descriptor), LogsOf(scope, DataSetsModule.Descriptor), scope.Bank, storageMarket);
        SealedSectorsModule sealedSectors = new(
            StateOf(scope, SealedSectorsModule.Descriptor), LogsOf(scope, SealedSectorsModule.Descriptor), scope.Bank, scope.Meter,
            treasury, emission, storageMarket, attestations);
        kinds.Add(sealedSectors).Add(sealedSectors.WindowJudging);
        PaymentChannelsModule channels = new(
            StateOf(scope, PaymentChannelsModule.Descriptor), LogsOf(scope, PaymentChannelsModule.Descriptor), scope.Bank,
            scope.Cryptography, tokens, treasury, storageMarket);
        RetrievalsModule retrievals = new(
            StateOf(scope, RetrievalsModule.Descriptor), LogsOf(scope, RetrievalsModule.Descriptor), scope.Bank, storageMarket,
            attestations, [storageMarket, sealedSectors]);
        kinds.Add(retrievals);
        return [storageMarket, dataSets, sealedSectors, channels, retrievals];
    }

    private static ModuleState StateOf(ModuleScope scope, ModuleDescriptor module) => scope.StateOf(module.Address);

    private static Logs LogsOf(ModuleScope scope, ModuleDescriptor module) => scope.LogsOf(module.Address);
}
