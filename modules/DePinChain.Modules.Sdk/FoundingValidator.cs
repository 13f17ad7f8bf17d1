using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>A validator of the first epoch; Staking takes its bond from the operator's account.</summary>
/// <param name="Operator">The account that owns the validator.</param>
/// <param name="Name">What people see.</param>
/// <param name="SigningKey">33 bytes, compressed: signs votes.</param>
/// <param name="VrfKey">33 bytes, compressed: makes the beacon's proofs.</param>
/// <param name="VrfProofOfPossession">65 bytes: signature by the VRF key over keccak256("DPC-POP" ‖ chainId in 32 bytes ‖
/// operator).</param>
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
