using DePinChain.Crypto;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.Execution;

/// <summary>Four validators of equal power that never change, at Staking's account: what the kernel needs of Staking, and nothing
/// else.</summary>
internal sealed class FixedValidators : IModule, IValidatorSource
{
    public const int Count = 4;

    public static readonly ModuleDescriptor Described = new("staking", WellKnownAddresses.Staking, "[]", "{}", "{}");

    /// <summary>Ascending by address, as their set is.</summary>
    public static readonly IReadOnlyList<PrivateKey> SigningKeys =
        [.. Enumerable.Range(101, Count).Select(Keys.Number).OrderBy(k => k.Address)];

    public static readonly IReadOnlyList<PrivateKey> VrfKeys = [.. Enumerable.Range(201, Count).Select(Keys.Number)];

    private static readonly ValidatorSet Set = new(SigningKeys.Select(k => new Validator(k.Address, 10)));

    public Address Address => WellKnownAddresses.Staking;

    public ModuleDescriptor Descriptor => Described;

    public ulong Epoch => 7;

    public ulong EpochStart => 1;

    public ValidatorSet CurrentSet => Set;

    public ValidatorSet NextSet => Set;

    public IReadOnlyList<long> Priorities => ProposerRotation.GenesisOf(Set);

    public ulong NextEpochStart => 1;

    public byte[]? FindVrfKey(Address signer) => Set.IndexOf(signer) is >= 0 and var index ? VrfKeys[index].PublicKeyCompressed : null;

    public Address? FindOperator(Address signer) => Set.Contains(signer) ? signer : null;

    public ValidatorSet? FindSet(ulong height) => Set;

    // Evidence of height 13 stands for what is punished already.
    public bool IsPunishable(in Misbehaviour misbehaviour, ulong height) => Set.Contains(misbehaviour.Signer) && misbehaviour.Height != 13;

    public byte[] Dispatch(Call call, ReadOnlySpan<byte> calldata) => throw Calldata.Unknown(calldata);
}
