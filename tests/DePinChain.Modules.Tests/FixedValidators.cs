using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests;

/// <summary>Stands for Staking where a scenario is about other modules: one validator for ever.</summary>
internal sealed class FixedValidators : IModule, IValidatorSource
{
    public static readonly ModuleDescriptor Description = new("fixedValidators", Address.FromLow(0xf001), "[]", "{}", "{}");

    private static readonly ValidatorSet Only = new([new Validator(Person.Validator.Address, 1)]);

    /// <summary>The one validator.</summary>
    public static ValidatorSet Set => Only;

    public Address Address => Description.Address;

    public ModuleDescriptor Descriptor => Description;

    public ulong Epoch => 0;

    public ulong EpochStart => 0;

    public ulong NextEpochStart => 0;

    public ValidatorSet CurrentSet => Only;

    public ValidatorSet NextSet => Only;

    public IReadOnlyList<long> Priorities => ProposerRotation.GenesisOf(Only);

    public byte[] Dispatch(Call call, ReadOnlySpan<byte> calldata) => throw Calldata.Unknown(calldata);

    public byte[]? FindVrfKey(Address signer) => Only.Contains(signer) ? Person.Validator.Key.PublicKeyCompressed : null;

    public Address? FindOperator(Address signer) => Only.Contains(signer) ? signer : null;

    public ValidatorSet? FindSet(ulong height) => Only;

    public bool IsPunishable(in Misbehaviour misbehaviour, ulong height) => false;
}
