using DePinChain.Modules.Compute;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>Devices: who stakes, what a committee's word does to a mark, and what is earned.</summary>
public sealed class DeviceTests
{
    private static readonly Hash256 First = Keccak256.Hash("first"u8);
    private static readonly Hash256 Second = Keccak256.Hash("second"u8);
    private static readonly Measurement Good = new(true, 100, 1_600, 1_200);
    private static readonly Measurement Down = new(false, 0, 0, 0);

    // The localnet's numbers: epochs of 30 blocks, 2 DPN a GPU, 60 blocks of cooldown.
    private static readonly DevicesGenesis Rules = new()
    {
        EpochBlocks = 30,
        StakeUnit = Amount.FromDpn(2),
        CooldownBlocks = 60,
        UptimeWindow = 8,
        BandwidthWindow = 4,
        BenchWindow = 4,
        MinUpEpochs = 2,
        MonthBlocks = 1_826,
        FirstMonthBudget = Amount.FromDpn(1_826),
        Models = [new GenesisModel(1, 1_000, 100), new GenesisModel(2, 10_000, 1_000)],
    };

    [Test]
    public void A_device_earns_its_part_of_an_epoch_once_it_was_up_long_enough()
    {
        // One DPN a block, 30 an epoch. Both devices are equal and entered in epoch 0; uptime 0.5, 0.5625, 0.6171875 after two
        // epochs: both earn from epoch 2 on. North's is alone in epoch 3.
        ComputeNetwork network = Entered();
        Judge(network, 1, Good, Good);
        Judge(network, 2, Good, Good);
        Judge(network, 3, Good, Down);
        network.RunTo(150);
        Assert.That(network.Devices.GetEpoch(1), Is.EqualTo(default(RewardEpoch)));
        Assert.That(network.Devices.GetEpoch(2).Budget, Is.EqualTo(Amount.FromDpn(30)));
        UInt128 before = network.CoinsOf(North);
        network.Send(Guest, network.Devices, DevicesCalls.ClaimRewards(First, [2, 3]));
        network.Send(Guest, network.Devices, DevicesCalls.ClaimRewards(Second, [2]));

        Assert.That(network.CoinsOf(North) - before, Is.EqualTo(Amount.FromDpn(15 + 30).Wei));
        Assert.That(network.Emission.IssuanceOf(EmissionStream.Compute), Is.EqualTo(Amount.FromDpn(60)));
        Assert.That(network.EventsOf<DeviceRewarded>(network.Devices)[0], Is.EqualTo(
            new DeviceRewarded(First, North, 2, Amount.FromDpn(15), Amount.Zero)));
        Assert.That(network.EventsOf<EpochSettled>(network.Devices).Select(static e => e.Epoch), Is.EqualTo(new ulong[] { 2, 3 }));
        Claim(First, 2);
        Claim(First, 1);
        Claim(Second, 3);

        void Claim(Hash256 device, ulong epoch) => network.Refuses(
            () => network.Send(Guest, network.Devices, DevicesCalls.ClaimRewards(device, [epoch])), new NothingEarned(device, epoch));
    }

    [Test]
    public void Weight_follows_rank_and_stake()
    {
        // After two good epochs: uptime 617,187,500; bandwidth and bench 1 - 0.75^2 = 437,500,000; jobs 800,000,000. Rank:
        // (35 · 617.1875 + 30 · 800 + 15 · 437.5 + 20 · 437.5) / 100 = 609.140625 M. First has twice the least stake: boost 1.25.
        ComputeNetwork network = Entered();
        network.Send(North, network.Devices, DevicesCalls.StakeDevice(First), Amount.FromDpn(2).Wei);
        Judge(network, 1, Good, Good);
        Judge(network, 2, Good, Good);
        Assert.That(network.Devices.GetRank(First), Is.EqualTo(609_140_625));
        Assert.That(network.Devices.GetShare(Second, 2), Is.EqualTo(new EpochShare(South, Address.Zero, 0, 609_140_625)));
        Assert.That(network.Devices.GetShare(First, 2).Weight, Is.EqualTo((UInt128)761_425_781));
    }

    [Test]
    public void Nothing_is_earned_while_down_unproven_understaked_or_new()
    {
        ComputeNetwork network = Entered();
        network.Send(South, network.Devices, DevicesCalls.UnstakeDevice(Second, new Amount(1)));
        Judge(network, 1, Good, Good);
        Assert.That(network.Devices.GetShare(First, 1).Weight, Is.EqualTo(UInt128.Zero), "new");
        Judge(network, 2, Good, Good);
        Assert.That(network.Devices.GetShare(Second, 2).Weight, Is.EqualTo(UInt128.Zero), "understaked");
        Assert.That(network.Devices.GetShare(First, 2).Weight, Is.Not.EqualTo(UInt128.Zero));

        // Epoch 3 without a word: 617,187,500 · 7/8 = 540,039,063 (towards zero), then up: 597,534,180: below 0.6, and the streak is 1.
        network.RunTo(4 * 30);
        Judge(network, 4, Good, Down);
        DeviceRecord device = network.Devices.GetDevice(First);
        Assert.That((device.Uptime, device.Streak), Is.EqualTo((597_534_180L, 1U)));
        Assert.That(network.Devices.GetShare(First, 4).Weight, Is.EqualTo(UInt128.Zero), "unproven");
        Assert.That(network.Devices.GetDevice(Second).Streak, Is.Zero, "down");
    }

    [Test]
    public void A_co_staker_gets_the_part_it_was_promised_in_that_epoch()
    {
        // 2 GPUs need 4 DPN: North has 2, Guest adds 2 for a quarter of the rewards, and leaves before they are claimed.
        ComputeNetwork network = new(devices: Rules);
        network.RunTo(1);
        network.Send(North, network.Devices, DevicesCalls.RegisterDevice(First, 1, 2, 24_576, 276, Hash256.Zero));
        network.Send(North, network.Devices, DevicesCalls.StakeDevice(First), Amount.FromDpn(2).Wei);
        ulong offer = DevicesCalls.OfferCoStakeResult(
            network.Send(North, network.Devices, DevicesCalls.OfferCoStake(First, Amount.FromDpn(2), 2_500)));
        network.Send(Guest, network.Devices, DevicesCalls.TakeCoStake(offer), Amount.FromDpn(2).Wei);
        Judge(network, 1, Good, null);
        Judge(network, 2, Good, null);
        network.Send(Guest, network.Devices, DevicesCalls.CancelCoStake(offer));
        network.RunTo(120);
        UInt128 before = network.CoinsOf(Guest);
        network.Send(North, network.Devices, DevicesCalls.ClaimRewards(First, [2]));
        Assert.That(network.CoinsOf(Guest) - before, Is.EqualTo(Amount.FromDpn(30).Wei / 4));

        NothingReleased early = new(150);
        network.Refuses(() => network.Send(Guest, network.Devices, DevicesCalls.WithdrawCoStake(offer)), early);
        network.RunTo(150);
        network.Refuses(
            () => network.Send(North, network.Devices, DevicesCalls.WithdrawCoStake(offer)), new NotOfferParty(Guest, North));
        network.Send(Guest, network.Devices, DevicesCalls.WithdrawCoStake(offer));
        Assert.That(network.CoinsOf(Guest), Is.EqualTo(before + (Amount.FromDpn(30).Wei / 4) + Amount.FromDpn(2).Wei));
    }

    [Test]
    public void Stake_comes_back_after_the_cooldown()
    {
        ComputeNetwork network = Entered();
        network.Send(North, network.Devices, DevicesCalls.UnstakeDevice(First, Amount.One));
        network.RunTo(10);
        network.Send(North, network.Devices, DevicesCalls.RemoveDevice(First));
        Assert.That(network.Devices.GetUnstakings(First, North), Is.EqualTo(new[]
        {
            new Unstaking(Amount.One, 61), new Unstaking(Amount.One, 70),
        }));
        network.RunTo(60);
        network.Refuses(() => network.Send(North, network.Devices, DevicesCalls.WithdrawUnstaked(First)), new NothingReleased(61));
        network.RunTo(61);
        network.Send(North, network.Devices, DevicesCalls.WithdrawUnstaked(First));
        network.RunTo(70);
        network.Send(North, network.Devices, DevicesCalls.WithdrawUnstaked(First));
        Assert.That(network.CoinsOf(North), Is.EqualTo(Amount.FromDpn(1_000_000).Wei));
        network.Refuses(() => network.Send(North, network.Devices, DevicesCalls.WithdrawUnstaked(First)), new NothingReleased(0));
        Assert.That(network.Devices.DeviceCount(), Is.EqualTo(1));
    }

    [Test]
    public void Devices_are_refused_with_a_reason()
    {
        ComputeNetwork network = Entered();
        Hash256 third = Keccak256.Hash("third"u8);
        Refused(North, DevicesCalls.RegisterDevice(third, 9, 1, 1, 1, Hash256.Zero), new UnknownModel(9));
        Refused(North, DevicesCalls.RegisterDevice(third, 1, 0, 1, 1, Hash256.Zero), new InvalidGpuCount(0, 64));
        Refused(North, DevicesCalls.RegisterDevice(third, 1, 65, 1, 1, Hash256.Zero), new InvalidGpuCount(65, 64));
        Refused(South, DevicesCalls.RegisterDevice(First, 1, 1, 1, 1, Hash256.Zero), new DeviceExists(First));
        Refused(North, DevicesCalls.StakeDevice(third), new UnknownDevice(third));
        Refused(South, DevicesCalls.StakeDevice(First), new NotDeviceOwner(North, South));
        Refused(North, DevicesCalls.StakeDevice(First), new NothingStaked());
        Refused(North, DevicesCalls.UnstakeDevice(First, Amount.Zero), new InsufficientStake(Amount.Zero, Amount.FromDpn(2)));
        Refused(North, DevicesCalls.UnstakeDevice(First, Amount.FromDpn(3)), new InsufficientStake(Amount.FromDpn(3), Amount.FromDpn(2)));
        for (int i = 0; i < 16; i++) network.Send(North, network.Devices, DevicesCalls.UnstakeDevice(First, new Amount(1)));
        Refused(North, DevicesCalls.UnstakeDevice(First, new Amount(1)), new TooManyUnstakings(16));
        network.Refuses(() => network.Devices.GetDevices(0, 101), new DevicePageTooLarge(100));
        Assert.That(network.Devices.GetMinStake(2, 8), Is.EqualTo(Amount.FromDpn(160)));

        void Refused<TError>(Address sender, byte[] call, TError error)
            where TError : struct, IError => network.Refuses(() => network.Send(sender, network.Devices, call), error);
    }

    [Test]
    public void Offers_are_refused_with_a_reason()
    {
        ComputeNetwork network = Entered();
        network.Send(North, network.Devices, DevicesCalls.RegisterDevice(Stage(3), 1, 1, 1, 1, Hash256.Zero));
        Refused(North, DevicesCalls.OfferCoStake(Stage(3), Amount.One, 1), new SelfStakeFirst(Stage(3)));
        Refused(North, DevicesCalls.OfferCoStake(First, Amount.Zero, 1), new NothingStaked());
        Refused(North, DevicesCalls.OfferCoStake(First, Amount.One, 10_001), new InvalidShare(10_001));
        network.Send(North, network.Devices, DevicesCalls.OfferCoStake(First, Amount.One, 100));
        Refused(North, DevicesCalls.OfferCoStake(First, Amount.One, 1), new OfferStands(1));
        Refused(Guest, DevicesCalls.TakeCoStake(7), new WrongOfferState(7, OfferState.Unknown));
        Refused(North, DevicesCalls.TakeCoStake(1), new OwnOffer(North));
        Refused(Guest, DevicesCalls.TakeCoStake(1), new WrongStake(Amount.One, Amount.Zero));
        Refused(Guest, DevicesCalls.CancelCoStake(1), new NotOfferParty(North, Guest));
        Refused(Guest, DevicesCalls.WithdrawCoStake(1), new WrongOfferState(1, OfferState.Open));
        network.Send(North, network.Devices, DevicesCalls.CancelCoStake(1));
        Refused(North, DevicesCalls.CancelCoStake(1), new WrongOfferState(1, OfferState.Unknown));

        for (uint i = 10; i < 13; i++)
        {
            network.Send(North, network.Devices, DevicesCalls.RegisterDevice(Stage(i), 1, 1, 1, 1, Hash256.Zero));
            network.Send(North, network.Devices, DevicesCalls.StakeDevice(Stage(i)), 1);
            network.Send(North, network.Devices, DevicesCalls.OfferCoStake(Stage(i), new Amount(5), 100));
        }

        network.Send(Guest, network.Devices, DevicesCalls.TakeCoStake(2), 5);
        network.Send(Guest, network.Devices, DevicesCalls.TakeCoStake(3), 5);
        network.Refuses(() => network.Send(Guest, network.Devices, DevicesCalls.TakeCoStake(4), 5), new TooManyOffers(2));
        network.Send(North, network.Devices, DevicesCalls.RemoveDevice(Stage(10)));
        CoStakeOffer leaving = new(Stage(10), Guest, new Amount(5), 100, OfferState.Leaving, 61);
        Assert.That(network.Devices.GetOffer(2), Is.EqualTo(leaving));
        network.Send(North, network.Devices, DevicesCalls.RemoveDevice(Stage(12)));
        Assert.That(network.Devices.GetOffer(4), Is.EqualTo(default(CoStakeOffer)));

        void Refused<TError>(Address sender, byte[] call, TError error)
            where TError : struct, IError => network.Refuses(() => network.Send(sender, network.Devices, call), error);
    }

    [Test]
    public void A_verdict_is_about_the_last_epoch_and_once()
    {
        ComputeNetwork network = Entered();
        network.RunTo(60);
        network.Refuses(() => network.Devices.RecordVerdict(First, 0, Good, 60), new WrongEpoch(0, 2));
        network.Refuses(() => network.Devices.RecordVerdict(First, 2, Good, 60), new WrongEpoch(2, 2));
        network.Devices.RecordVerdict(First, 1, Good, 60);
        network.Refuses(() => network.Devices.RecordVerdict(First, 1, Good, 60), new AlreadyJudged(First, 1));
        network.Devices.RecordVerdict(Stage(77), 1, Good, 60);
        network.Devices.CountJob(First, endedWell: true);
        network.Devices.CountJob(Stage(77), endedWell: true);
        Assert.That(network.Devices.GetDevice(First), Has.Property(nameof(DeviceRecord.JobsOk)).EqualTo(1));
        Assert.That(network.EventsOf<DeviceJudged>(network.Devices), Has.Count.EqualTo(1));
    }

    private static ComputeNetwork Entered()
    {
        ComputeNetwork network = new(devices: Rules);
        network.RunTo(1);
        foreach ((Hash256 device, Address owner) in new[] { (First, North), (Second, South) })
        {
            network.Send(owner, network.Devices, DevicesCalls.RegisterDevice(device, 1, 1, 24_576, 276, Hash256.Zero));
            network.Send(owner, network.Devices, DevicesCalls.StakeDevice(device), Amount.FromDpn(2).Wei);
        }

        return network;
    }

    // A committee speaks about an epoch at the first block of the next.
    private static void Judge(ComputeNetwork network, ulong epoch, Measurement first, Measurement? second)
    {
        network.RunTo((epoch + 1) * 30);
        network.Devices.RecordVerdict(First, epoch, first, network.Height);
        if (second is { } found) network.Devices.RecordVerdict(Second, epoch, found, network.Height);
    }

    private static Hash256 Stage(uint number) => Keccak256.Hash(BitConverter.GetBytes(number));
}
