using System.Numerics;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>
/// What sealed capacity earns: the storage stream's schedule, its division by power through one number that only grows, and the estimates
/// that pledges and fees are computed from.
/// </summary>
[ModulePart]
internal sealed partial class StorageRewards(ModuleState state, Logs logs, IEmission emission)
{
    private static readonly UInt256 FractionMask = (UInt256.One << FixedPolynomial.Precision) - UInt256.One;

    [Slot(10)] private partial Item<MintingRecord> Minting { get; }
    [Slot(11)] private partial Item<EstimateRecord> Estimates { get; }
    [Slot(12)] private partial Item<NetworkRecord> Network { get; }
    [Slot(13)] private partial Map<ulong, PowerRecord> Powers { get; }
    [Slot(14)] private partial Item<StreamScale> Scale { get; }
    [Slot(15)] private partial Item<DemandRecord> Demand { get; }
    [Slot(16)] private partial Map<ulong, DemandPool> Pools { get; }

    /// <summary>Proven bytes of the network.</summary>
    public UInt128 NetworkBytes => Network.GetOr(default).Bytes;

    public MintingRecord LastMint => Minting.Value;

    public EstimateRecord LastEstimates => Estimates.Value;

    public DemandRecord RunningDay => Demand.GetOr(default);

    public PowerRecord PowerOf(ulong provider) => Powers.GetOr(provider, default);

    public DemandPool PoolOf(ulong day) => Pools.GetOr(day, default);

    /// <summary>Block 0.</summary>
    public void Begin(StreamScale scale, ulong initialBaseline)
    {
        Scale.Value = scale;
        MintingState begin = StorageMinting.Begin(ScheduleOf(scale), initialBaseline, BigInteger.Zero);
        Minting.Value = RecordOf(begin);
        Estimates.Value = new EstimateRecord(
            Word(begin.Reward << FixedPolynomial.Precision), UInt256.Zero, UInt256.Zero, UInt256.Zero);
    }

    /// <summary>
    /// Mints for the power there is. A tenth waits until the day is over, for demand. Without power nothing is minted: it stays with the
    /// stream.
    /// </summary>
    /// <returns>What came to the module.</returns>
    public Amount MintBlock()
    {
        UInt128 bytes = NetworkBytes;
        MintingState next = StorageMinting.Next(ScheduleOf(Scale.Value), StateOf(Minting.Value), bytes);
        Minting.Value = RecordOf(next);
        Observe(next.Reward, bytes);
        if (bytes == UInt128.Zero) return Amount.Zero;
        Amount reward = AmountOf(next.Reward);
        Amount withheld = reward.MulDiv(SealedSectorsPolicy.DemandPercent, 100, Rounding.Down);
        DemandRecord day = RunningDay;
        Demand.Value = day with { Withheld = day.Withheld + withheld };
        return Distribute(reward - withheld);
    }

    /// <summary>Ends a day: what its demand earns is minted for it, the rest of what was withheld for power.</summary>
    /// <param name="today">The day that begins.</param>
    /// <param name="burned">Fees burned in the day that ends.</param>
    /// <returns>What came to the module.</returns>
    public Amount CloseDay(ulong today, Amount burned)
    {
        DemandRecord day = RunningDay;
        Amount pool = emission.Mint(
            EmissionStream.Storage, state.Module, SealedSectorsPolicy.DemandOf(day.Withheld, burned));
        if (!pool.IsZero)
        {
            Pools[day.Day] = new DemandPool(pool, burned);
            logs.Emit(new DemandShared(day.Day, pool, burned));
        }

        Demand.Value = new DemandRecord(today, Amount.Zero);
        return pool + Distribute(day.Withheld - pool);
    }

    /// <summary>Changes a provider's power; what the old one has earned is settled first.</summary>
    public void Add(ulong provider, UInt128 bytes)
    {
        if (bytes == UInt128.Zero) return;
        PowerRecord power = Settled(provider);
        Save(provider, power, power.Bytes + bytes);
    }

    /// <inheritdoc cref="Add"/>
    public void Remove(ulong provider, UInt128 bytes)
    {
        if (bytes == UInt128.Zero) return;
        PowerRecord power = Settled(provider);
        Save(provider, power, power.Bytes - bytes);
    }

    /// <summary>Changes what a provider loses of its earnings; what it earned before is settled first.</summary>
    public void SetLoss(ulong provider, ushort lossBps) => Powers[provider] = Settled(provider) with { LossBps = lossBps };

    /// <summary>Takes what a provider has earned since its last claim, and what it has lost by serving badly.</summary>
    public (Amount Owed, Amount Forgone) TakeOwed(ulong provider)
    {
        PowerRecord power = Settled(provider);
        if (power.Owed.IsZero && power.Forgone.IsZero) return default;
        Powers[provider] = power with { Owed = Amount.Zero, Forgone = Amount.Zero };
        return (power.Owed, power.Forgone);
    }

    /// <summary>What a provider has lost and nobody has burned yet.</summary>
    public Amount ForgoneBy(ulong provider) => Settled(provider).Forgone;

    /// <summary>What a provider could claim now.</summary>
    public Amount OwedTo(ulong provider) => Settled(provider).Owed;

    public SmoothedEstimate RewardEstimate() => EstimateOf(Estimates.Value.Reward, Estimates.Value.RewardVelocity);

    public SmoothedEstimate PowerEstimate() => EstimateOf(Estimates.Value.Power, Estimates.Value.PowerVelocity);

    /// <summary>The network's bytes that the baseline asks for.</summary>
    public BigInteger Baseline() => Minting.Value.Baseline;

    /// <summary>wei as an amount: whatever a formula gives is far below 2^128, or cut there.</summary>
    public static Amount AmountOf(BigInteger wei) => new((UInt128)BigInteger.Min(wei, (BigInteger)UInt128.MaxValue));

    private Amount Distribute(Amount reward)
    {
        NetworkRecord network = Network.GetOr(default);
        if (network.Bytes == UInt128.Zero) return Amount.Zero;
        Amount minted = emission.Mint(EmissionStream.Storage, state.Module, reward);
        UInt256 share = ((UInt256)minted.Wei << FixedPolynomial.Precision) / network.Bytes;
        Network.Value = network with { Accumulator = network.Accumulator + share };
        return minted;
    }

    private void Observe(BigInteger reward, UInt128 bytes)
    {
        EstimateRecord last = Estimates.Value;
        SmoothedEstimate ofReward = RewardProjection.Follow(EstimateOf(last.Reward, last.RewardVelocity), reward);
        SmoothedEstimate ofPower = RewardProjection.Follow(EstimateOf(last.Power, last.PowerVelocity), bytes);
        Estimates.Value = new EstimateRecord(
            Word(ofReward.Position), Word(ofReward.Velocity), Word(ofPower.Position), Word(ofPower.Velocity));
    }

    // Rounded down: what a division leaves over stays with the module, unclaimed.
    private PowerRecord Settled(ulong provider)
    {
        PowerRecord power = PowerOf(provider);
        UInt256 now = Network.GetOr(default).Accumulator;
        UInt256 since = now - power.Accumulator;

        // bytes · since / 2^128 in two halves, so that no product leaves 256 bits.
        UInt256 earned = ((since >> FixedPolynomial.Precision) * power.Bytes)
            + (((since & FractionMask) * power.Bytes) >> FixedPolynomial.Precision);
        Amount whole = new((UInt128)earned);
        Amount kept = RetrievalsPolicy.KeptOf(whole, power.LossBps);
        return power with { Accumulator = now, Owed = power.Owed + kept, Forgone = power.Forgone + (whole - kept) };
    }

    private void Save(ulong provider, in PowerRecord settled, UInt128 bytes)
    {
        NetworkRecord network = Network.GetOr(default);
        Network.Value = network with { Bytes = network.Bytes + bytes - settled.Bytes };
        Powers[provider] = settled with { Bytes = bytes };
        logs.Emit(new PowerChanged(provider, settled.Bytes, bytes));
    }

    private static MintingSchedule ScheduleOf(in StreamScale scale) =>
        MintingSchedule.Mainnet with { SimpleTotal = scale.SimpleTotal.Wei, BaselineTotal = scale.BaselineTotal.Wei };

    private static MintingState StateOf(MintingRecord record) => new(
        record.Block, record.Baseline, record.Realized, record.BaselineSum, record.EffectiveTime, record.EffectiveBaseline,
        record.Reward.Wei);

    private static MintingRecord RecordOf(MintingState minting) => new(
        minting.Block, (UInt128)minting.Baseline, (UInt128)minting.Realized, (UInt128)minting.BaselineSum, minting.EffectiveTime,
        (UInt128)minting.EffectiveBaseline, AmountOf(minting.Reward));

    private static SmoothedEstimate EstimateOf(UInt256 position, UInt256 velocity) => new(Signed(position), Signed(velocity));

    private static BigInteger Signed(UInt256 word)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        word.WriteBigEndian(bytes);
        return new BigInteger(bytes, isUnsigned: false, isBigEndian: true);
    }

    private static UInt256 Word(BigInteger value)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        bytes.Fill(value.Sign < 0 ? byte.MaxValue : (byte)0);
        byte[] digits = value.ToByteArray(isUnsigned: false, isBigEndian: true);
        Invariant.Assert(digits.Length <= Hash256.Size, "A smoothed number fits 256 bits.");
        digits.CopyTo(bytes[(Hash256.Size - digits.Length)..]);
        return UInt256.FromBigEndian(bytes);
    }
}
