using DePinChain.Modules.Staking;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Attestations;

/// <summary>Validators that a test chooses: as many operators as it likes, of one epoch.</summary>
internal sealed class FixedSeats(IReadOnlyList<Address> operators) : IStaking
{
    public Amount Bonded => Amount.FromDpn((ulong)operators.Count);

    public ulong Epoch { get; set; } = 3;

    public bool IsActive(Address validator) => operators.Contains(validator);

    public Amount StakeOf(Address validator) => IsActive(validator) ? Amount.One : Amount.Zero;

    public Amount StakeOf(Address delegator, Address validator) => Amount.Zero;

    public UInt128 SharesOf(Address validator) => StakeOf(validator).Wei;

    public UInt128 SharesOf(Address delegator, Address validator) => UInt128.Zero;

    public ulong EpochEnd => ulong.MaxValue;

    public IReadOnlyList<(Address Validator, Amount Stake)> StakesOf(Address delegator, ulong start, int limit) => [];

    public IReadOnlyList<(Address Validator, Amount Stake)> Seats() => [.. operators.Select(static at => (at, Amount.One))];
}
