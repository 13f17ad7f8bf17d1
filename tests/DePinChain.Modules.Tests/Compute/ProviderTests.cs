using DePinChain.Modules.Compute;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;
using static DePinChain.Modules.Tests.Compute.MarketStage;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>Who may serve what, and why not.</summary>
public sealed class ProviderTests
{
    private static readonly string LongUri = new('x', 129);

    [Test]
    public void A_provider_registers_with_stake_and_leaves_with_it()
    {
        ComputeNetwork network = new();
        network.RunTo(1);
        network.Refuses(North, RegisterCall(""), new InvalidUri(0), 10 * Dpn);
        network.Refuses(North, RegisterCall("x"), new StakeTooLow(Amount.FromDpn(10), Amount.FromDpn(9)), 9 * Dpn);
        network.Register(North);
        network.Refuses(North, RegisterCall("x"), new ProviderExists(North), 10 * Dpn);
        network.Send(North, network.Market, UpdateCall("y", House), 5 * Dpn);
        Assert.That(network.Market.GetProvider(North), Has.Property(nameof(ProviderRecord.Stake)).EqualTo(Amount.FromDpn(15)));
        network.Refuses(South, UpdateCall("y", House), new UnknownProvider(South));
        network.Refuses(North, UpdateCall("", House), new InvalidUri(0));

        network.Send(North, network.Market, ComputeMarketCalls.ExitProvider());
        network.Refuses(North, ComputeMarketCalls.ExitProvider(), new WrongProviderState(North, ProviderState.Exiting));
        network.Refuses(North, UpdateCall("y", House), new WrongProviderState(North, ProviderState.Exiting));
        network.JumpTo(100_800);
        Assert.That(network.Market.ProviderCount(), Is.EqualTo(1));
        network.JumpTo(100_801);
        Assert.That(network.Market.ProviderCount(), Is.Zero);
        Assert.That(network.CoinsOf(North), Is.EqualTo(1_000_000 * Dpn));
        Assert.That(network.EventsOf<ProviderLeft>(network.Market), Is.EqualTo(new[] { new ProviderLeft(North, Amount.FromDpn(15)) }));
        network.Register(North);
    }

    [Test]
    public void An_overlong_address_is_refused_before_it_is_read()
    {
        ComputeNetwork network = new();
        Assert.Throws<DePinChain.Modules.Sdk.Revert>(() => network.Send(North, network.Market, RegisterCall(LongUri), 10 * Dpn));
    }

    [Test]
    public void A_provider_with_leases_stays()
    {
        ComputeNetwork network = new();
        network.Run();
        network.Refuses(North, ComputeMarketCalls.ExitProvider(), new ProviderHasLeases(North, 1));
        network.Refuses(North, UpdateCall("y", new Capacity(999, 32_768, 200_000, House.Gpus)), new CapacitySold(North));
        network.Refuses(
            North, UpdateCall("y", House with { Gpus = [new GpuPool(90, GpuInterface.Any, 1, 1)] }), new InvalidGpuPool(0));
        network.Send(North, network.Market, ComputeMarketCalls.DrainProvider(true));
        network.Refuses(North, ComputeMarketCalls.DrainProvider(true), new WrongProviderState(North, ProviderState.Draining));
        network.Send(North, network.Market, ComputeMarketCalls.DrainProvider(false));
    }

    [Test]
    public void The_first_rule_that_fails_is_named()
    {
        ComputeNetwork network = new();
        network.RunTo(1);
        network.Register(North);
        Expect(Group, ScreenRule.None);
        Expect(Group with { Regions = [840] }, ScreenRule.Region);
        Expect(Group with { Regions = [840, 276] }, ScreenRule.None);
        Expect(Group with { Regions = [1_150] }, ScreenRule.None);
        Expect(Group with { Attributes = [Tier] }, ScreenRule.None);
        Expect(Group with { Attributes = [Tier with { Value = Hash256.Zero }] }, ScreenRule.Attributes);
        Expect(Group with { Attributes = [Tier], AllOf = [Auditor] }, ScreenRule.AllOf);
        Expect(Group with { Attributes = [Tier], AnyOf = [Auditor, Guest] }, ScreenRule.AnyOf);
        Expect(Of(Unit with { Volumes = [new VolumeSpec(5, StorageClasses.Nvme, false)] }), ScreenRule.Storage);
        Expect(Of(Unit with { Gpus = 1, GpuModels = [7] }), ScreenRule.GpuModel);
        Expect(Of(Unit with { Gpus = 1, GpuInterface = GpuInterface.Sxm }), ScreenRule.GpuModel);
        Expect(Of(Unit with { Gpus = 1, MinVramMiB = 24_577 }), ScreenRule.GpuModel);
        Expect(Of(Unit with { Gpus = 4, GpuModels = [7, 90], MinVramMiB = 24_576 }), ScreenRule.None);
        Expect(Of(Unit with { Gpus = 5 }), ScreenRule.Gpus);
        Expect(Of(Unit with { CpuMilli = 8_001 }), ScreenRule.Cpu);
        Expect(Of(Unit with { MemMiB = 32_769 }), ScreenRule.Memory);
        Expect(Of(Unit with { Volumes = [new VolumeSpec(32_000, StorageClasses.Ram, false)] }), ScreenRule.Memory);
        Expect(Of(Unit with { Volumes = [new VolumeSpec(200_001, StorageClasses.Ssd, false)] }), ScreenRule.Disk);
        Assert.That(network.Market.GetProviders(0, 10), Is.EqualTo(new[] { North }));

        static GroupSpec Of(UnitSpec unit) => Group with { Units = [unit] };

        void Expect(GroupSpec spec, ScreenRule rule) => Assert.That(
            network.Market.ScreenOrder(network.Block, Tenant, spec, 0, 10), Is.EqualTo(new[] { new ScreenResult(North, rule) }));
    }

    [Test]
    public void Signed_attributes_count_until_they_expire_or_are_taken_back()
    {
        ComputeNetwork network = new();
        network.RunTo(1);
        network.Register(North);
        GroupSpec all = Group with { Attributes = [Tier], AllOf = [Auditor, Guest], AnyOf = [South] };
        network.Refuses(Auditor, ComputeMarketCalls.SignAttributes(South, [Tier], 9), new UnknownProvider(South));
        network.Refuses(Auditor, ComputeMarketCalls.SignAttributes(North, [Tier], 1), new ExpiryPast(1, 1));
        network.Send(Auditor, network.Market, ComputeMarketCalls.SignAttributes(North, [Tier], 10));
        Assert.That(Rule(), Is.EqualTo(ScreenRule.AllOf));
        network.Send(Guest, network.Market, ComputeMarketCalls.SignAttributes(North, [Tier], 20));
        Assert.That(Rule(), Is.EqualTo(ScreenRule.AnyOf));
        network.Send(South, network.Market, ComputeMarketCalls.SignAttributes(North, [Tier], 20));
        Assert.That(Rule(), Is.EqualTo(ScreenRule.None));
        network.RunTo(10);
        Assert.That(Rule(), Is.EqualTo(ScreenRule.AllOf));
        network.Send(Auditor, network.Market, ComputeMarketCalls.SignAttributes(North, [Tier], 20));
        network.Send(South, network.Market, ComputeMarketCalls.RevokeAttributes(North, [Tier.Key]));
        Assert.That(Rule(), Is.EqualTo(ScreenRule.AnyOf));
        Assert.That(network.Market.GetAttribute(North, South, Tier.Key), Is.EqualTo(default(SignedAttribute)));

        ScreenRule Rule() => network.Market.ScreenOrder(network.Block, Tenant, all, 0, 1)[0].FirstFailed;
    }

    [Test]
    public void Invalid_requirements_are_named()
    {
        Expect(Group with { Units = [] }, SpecFault.NoUnits);
        Expect(Group with { AnyOf = [Auditor] }, SpecFault.Auditors);
        Expect(Unit with { CpuMilli = 9 }, SpecFault.Cpu);
        Expect(Unit with { CpuMilli = 384_001 }, SpecFault.Cpu);
        Expect(Unit with { MemMiB = 0 }, SpecFault.Memory);
        Expect(Unit with { MemMiB = 2_097_153 }, SpecFault.Memory);
        Expect(Unit with { Volumes = [new VolumeSpec(4, StorageClasses.Ssd, false)] }, SpecFault.Volume);
        Expect(Unit with { Volumes = [new VolumeSpec(33_554_433, StorageClasses.Ssd, false)] }, SpecFault.Volume);
        Expect(Unit with { Volumes = [new VolumeSpec(5, StorageClasses.Ssd | StorageClasses.Hdd, false)] }, SpecFault.Volume);
        Expect(Unit with { Volumes = [new VolumeSpec(5, StorageClasses.None, false)] }, SpecFault.Volume);
        Expect(Unit with { Gpus = 25 }, SpecFault.Gpus);
        Expect(Unit with { Count = 0 }, SpecFault.Replicas);
        Expect(Unit with { Count = 51 }, SpecFault.Replicas);
        Expect(Unit with { MaxPrice = 0 }, SpecFault.Price);
        Expect(Unit with { MaxPrice = (10 * Dpn) + 1 }, SpecFault.Price);
        SpecFault second = SpecPolicy.FaultOf(Group with { Units = [Unit, Unit with { Count = 0 }] }, out uint unit);
        Assert.That(second, Is.EqualTo(SpecFault.Replicas));
        Assert.That(unit, Is.EqualTo(1));

        static void Expect(object asked, SpecFault fault)
        {
            GroupSpec spec = asked as GroupSpec ?? Group with { Units = [(UnitSpec)asked] };
            Assert.That(SpecPolicy.FaultOf(spec, out _), Is.EqualTo(fault));
        }
    }

    [Test]
    public void A_demand_that_fewer_kinds_can_serve_chooses_first()
    {
        // Any GPU would take the only H100 (model 100) that the second demand needs.
        HostRecord host = DevicesPolicy.Unsold(new Capacity(1, 1, 1,
            [new GpuPool(100, GpuInterface.Sxm, 81_920, 1), new GpuPool(90, GpuInterface.Pcie, 24_576, 1)]));
        Demand demand = new(1, 1, 1, [new GpuDemand([], GpuInterface.Any, 0, 1, 1), new GpuDemand([100], GpuInterface.Any, 0, 1, 1)]);
        Assert.That(DevicesPolicy.Fit(host, demand, out ushort[] taken), Is.EqualTo(Shortage.None));
        Assert.That(taken, Is.EqualTo(new ushort[] { 1, 1 }));

        // The GPUs of one replica are of one kind: 2 of two kinds serve two replicas of one, not one of two.
        Assert.That(
            DevicesPolicy.Fit(host, demand with { Gpus = [new GpuDemand([], GpuInterface.Any, 0, 2, 1)] }, out _),
            Is.EqualTo(Shortage.Gpus));
        Assert.That(
            DevicesPolicy.Fit(host, demand with { Gpus = [new GpuDemand([], GpuInterface.Any, 0, 1, 2)] }, out _),
            Is.EqualTo(Shortage.None));
    }

    [Test]
    public void Keys_for_tls_are_published_once_and_revoked_for_ever()
    {
        ComputeNetwork network = new();
        ulong now = network.Block.Timestamp;
        network.Refuses(North, ComputeMarketCalls.PublishCert(Manifest, now + 9, now + 9), new InvalidValidity(now + 9, now + 9));
        network.Refuses(North, ComputeMarketCalls.PublishCert(Manifest, 1, now), new ExpiryPast(now, now));
        network.Send(North, network.Market, ComputeMarketCalls.PublishCert(Manifest, 1, now + 9));
        network.Refuses(North, ComputeMarketCalls.PublishCert(Manifest, 1, now + 9), new CertificateExists(Manifest));
        network.Refuses(South, ComputeMarketCalls.RevokeCert(Manifest), new UnknownCertificate(Manifest));
        network.Send(North, network.Market, ComputeMarketCalls.RevokeCert(Manifest));
        network.Refuses(North, ComputeMarketCalls.RevokeCert(Manifest), new UnknownCertificate(Manifest));
        Assert.That(network.Market.GetCert(North, Manifest), Is.EqualTo(new CertificateRecord(1, now + 9, true)));
    }

    [Test]
    public void Pages_have_a_bound()
    {
        ComputeNetwork network = new();
        PageTooLarge error = new(100);
        network.Refuses(() => network.Market.ScreenOrder(network.Block, Tenant, Group, 0, 101), error);
        network.Refuses(() => network.Market.GetProviders(0, 101), error);
        network.Refuses(() => network.Market.GetBids(Manifest, 0, 101), error);
        network.Refuses(() => network.Market.GetLeases(North, 0, 101), error);
        network.Refuses(
            () => network.Market.ScreenOrder(network.Block, Tenant, Group with { Units = [] }, 0, 1),
            new InvalidSpec(1, 0, SpecFault.NoUnits));
        Assert.That(network.Market.GetLeases(North, 0, 100), Is.Empty);
    }

    [Test]
    public void A_history_fades_by_half_in_thirty_days()
    {
        // 3 of 4 good ones: (3 + 8) / (4 + 10); after 216,000 blocks 1 of 2: 9 / 12.
        Assert.That(ComputeMarketPolicy.JobsScore(3, 4), Is.EqualTo(785_714_285));
        ComputeNetwork network = new();
        Hash256 lease = network.Run();
        network.Send(Tenant, network.Market, ComputeMarketCalls.CloseLease(lease));
        Assert.That(network.Market.GetScore(network.Block, North), Is.EqualTo(818_181_818));
        network.JumpTo(216_001);
        Assert.That(network.Market.GetScore(network.Block, North), Is.EqualTo(800_000_000));
    }

    private static byte[] RegisterCall(string uri) => ComputeMarketCalls.RegisterProvider(
        uri, Hash256.Zero, 276, 1_150, StorageClasses.Ephemeral, [Tier], House);

    private static byte[] UpdateCall(string uri, Capacity capacity) => ComputeMarketCalls.UpdateProvider(
        uri, Hash256.Zero, 276, 1_150, StorageClasses.Ephemeral, [Tier], capacity);
}
