using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>What a module may know when block 0 is built. Accounts hold their genesis balances already.</summary>
public sealed class GenesisContext
{
    /// <summary>EIP-155 chain id.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>Seconds since 1970 of block 0.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>A network for one machine.</summary>
    public required bool IsDevelopment { get; init; }

    /// <summary>What all accounts hold together. Modules move it; genesis mints nothing beside it.</summary>
    public required Amount TotalSupply { get; init; }

    /// <summary>The validators of the first epoch, in the document's order.</summary>
    public required IReadOnlyList<FoundingValidator> Validators { get; init; }

    /// <summary>The document's forks.</summary>
    public required ForkSchedule Forks { get; init; }
}

/// <summary>A validator of the first epoch; Staking takes its bond from the operator's account.</summary>
/// <param name="Operator">The account that owns the validator.</param>
/// <param name="Name">What people see.</param>
/// <param name="SigningKey">33 bytes, compressed: signs votes.</param>
/// <param name="VrfKey">33 bytes, compressed: makes the beacon's proofs.</param>
/// <param name="VrfProofOfPossession">65 bytes: signature by the VRF key over keccak256("DPC-POP" ‖ chainId in 32 bytes ‖ operator).</param>
/// <param name="SelfBond">Bonded from block 0 on.</param>
/// <param name="Commission">The operator's share of its delegators' rewards, in parts of 10^18.</param>
public sealed record FoundingValidator(
    Address Operator,
    string Name,
    byte[] SigningKey,
    byte[] VrfKey,
    byte[] VrfProofOfPossession,
    Amount SelfBond,
    ulong Commission);
