using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>The accounts that the protocol itself uses.</summary>
public static class WellKnownAddresses
{
    /// <summary>Emits the kernel's own events and keeps the ring of block hashes and mixes.</summary>
    public static Address System => Address.FromLow(0x1000);

    /// <summary>Validators, delegations and consensus rewards.</summary>
    public static Address Staking => Address.FromLow(0x1001);

    /// <summary>Proposals, votes and governed parameters.</summary>
    public static Address Governance => Address.FromLow(0x1002);

    /// <summary>The community pool.</summary>
    public static Address Treasury => Address.FromLow(0x1003);

    /// <summary>The capped streams of new DPN.</summary>
    public static Address Emission => Address.FromLow(0x1004);

    /// <summary>The native multi-asset ledger.</summary>
    public static Address Tokens => Address.FromLow(0x1005);

    /// <summary>Prices reported by validators.</summary>
    public static Address Oracle => Address.FromLow(0x1006);

    /// <summary>Committees of verifier workers.</summary>
    public static Address Attestations => Address.FromLow(0x1007);

    /// <summary>Credentials of accounts.</summary>
    public static Address Credentials => Address.FromLow(0x1008);

    /// <summary>Light clients of other chains.</summary>
    public static Address LightClients => Address.FromLow(0x1009);

    /// <summary>Packets to and from other chains.</summary>
    public static Address Packets => Address.FromLow(0x100a);

    /// <summary>Takes a block's priority fees until Staking moves them into rewards at the next block's start.</summary>
    public static Address FeePot => Address.FromLow(0x10ff);

    /// <summary>Storage deals.</summary>
    public static Address StorageMarket => Address.FromLow(0x1100);

    /// <summary>Data sets under proof of possession.</summary>
    public static Address DataSets => Address.FromLow(0x1101);

    /// <summary>Sectors under proof of replication.</summary>
    public static Address SealedSectors => Address.FromLow(0x1102);

    /// <summary>Retrieval payments.</summary>
    public static Address PaymentChannels => Address.FromLow(0x1103);

    /// <summary>Probes of retrieval.</summary>
    public static Address Retrievals => Address.FromLow(0x1104);

    /// <summary>Funds of leases.</summary>
    public static Address Escrow => Address.FromLow(0x1200);

    /// <summary>Orders, bids and leases.</summary>
    public static Address ComputeMarket => Address.FromLow(0x1201);

    /// <summary>Compute devices and their rewards.</summary>
    public static Address Devices => Address.FromLow(0x1202);

    /// <summary>Reservations of several devices.</summary>
    public static Address Clusters => Address.FromLow(0x1203);

    /// <summary>Render jobs.</summary>
    public static Address Render => Address.FromLow(0x1204);

    /// <summary>Subnets of miners and validators.</summary>
    public static Address Subnets => Address.FromLow(0x1300);

    /// <summary>Inference sessions.</summary>
    public static Address Inference => Address.FromLow(0x1301);

    /// <summary>The ERC-20 facade of a token.</summary>
    public static Address TokenFacade(uint id) => Address.FromLow(0x2000 + (ulong)id);
}
