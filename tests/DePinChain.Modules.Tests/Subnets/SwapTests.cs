using DePinChain.Modules.Economy;
using DePinChain.Modules.Subnets;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Subnets.SubnetsNetwork;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>A hotkey is exchanged for another, and nothing it had is lost.</summary>
public sealed class SwapTests
{
    private static readonly Person Next = new("next hotkey");
    private static readonly Person Third = new("third hotkey");
    private static readonly Amount Price = Amount.FromWei(100_000_000_000_000_000);

    private Scenario _chain = null!;

    [SetUp]
    public void Start()
    {
        _chain = SubnetsNetwork.Start();
        _chain.Settle();
    }

    [TearDown]
    public void Stop() => _chain.Dispose();

    [Test]
    public void The_place_the_permit_and_everybodys_stake_go_to_the_new_hotkey_and_the_price_is_recycled()
    {
        _chain.Send(Nominator, SubnetsCalls.Stake(Judge.Address), Amount.FromDpn(3_000)).Succeeds();
        _chain.AdvanceTo(41);
        Amount own = Stake(Judge, Coldkey), nominated = Stake(Judge, Nominator);
        Outcome swapped = _chain.Send(Coldkey, SubnetsCalls.SwapHotkey(Judge.Address, Next.Address), Price).Succeeds();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(swapped.Events<HotkeySwapped>(), Is.EqualTo(new[] { new HotkeySwapped(Judge.Address, Next.Address) }));
            Assert.That(swapped.Events<Recycled>(), Is.EqualTo(new[] { new Recycled(Account, Price, Price) }));
            Assert.That((Stake(Next, Coldkey), Stake(Next, Nominator)), Is.EqualTo((own, nominated)));
            Assert.That(Stake(Judge, Nominator), Is.EqualTo(Amount.Zero));
            NeuronReport neuron = SubnetsCalls.NeuronsResult(_chain.Query(SubnetsCalls.Neurons(1)).Succeeds().ReturnData).ToArray()[1];
            Assert.That((neuron.Hotkey, neuron.Permit, neuron.Coldkey), Is.EqualTo((Next.Address, true, Coldkey.Address)));
        }

        // It earns and is left as before; the old one is nobody any more.
        _chain.AdvanceTo(60);
        Assert.That(Stake(Next, Nominator), Is.GreaterThan(nominated));
        _chain.Send(Nominator, SubnetsCalls.Unstake(Next.Address, Stake(Next, Nominator))).Succeeds();
        _chain.Send(Coldkey, SubnetsCalls.Register(1, Judge.Address), Amount.FromDpn(5)).RevertsWith(new HotkeyTaken(Judge.Address));
        _chain.Send(Nominator, SubnetsCalls.Stake(Judge.Address), Amount.FromDpn(5)).RevertsWith(new UnknownHotkey(Judge.Address));
    }

    [Test]
    public void The_owners_cut_goes_to_the_new_hotkey()
    {
        _chain.Send(Owner, SubnetsCalls.SwapHotkey(OwnerHotkey.Address, Next.Address), Price).Succeeds();
        _chain.AdvanceTo(20);
        SubnetRecord subnet = SubnetsCalls.SubnetResult(_chain.Query(SubnetsCalls.Subnet(1)).Succeeds().ReturnData);
        Assert.That(subnet.OwnerHotkey, Is.EqualTo(Next.Address));
        Assert.That(Stake(Next, Owner).IsZero, Is.False);
    }

    [Test]
    public void Only_its_owner_exchanges_a_hotkey_for_a_new_one_at_its_price_and_not_twice_a_day()
    {
        byte[] swap = SubnetsCalls.SwapHotkey(Judge.Address, Next.Address);
        _chain.Send(Coldkey, SubnetsCalls.SwapHotkey(Next.Address, Third.Address), Price).RevertsWith(new UnknownHotkey(Next.Address));
        _chain.Send(Owner, swap, Price).RevertsWith(new NotHotkeyOwner(Coldkey.Address, Owner.Address));
        _chain.Send(Coldkey, swap, Amount.One).RevertsWith(new WrongDeposit(Price, Amount.One));
        _chain.Send(Coldkey, SubnetsCalls.SwapHotkey(Judge.Address, default), Price).RevertsWith(new InvalidHotkey(default));
        _chain.Send(Coldkey, SubnetsCalls.SwapHotkey(Judge.Address, Miner.Address), Price).RevertsWith(new HotkeyTaken(Miner.Address));
        _chain.Send(Coldkey, swap, Price).Succeeds();
        ulong swapped = _chain.Height;
        _chain.Send(Coldkey, SubnetsCalls.SwapHotkey(Next.Address, Judge.Address), Price).RevertsWith(new HotkeyTaken(Judge.Address));
        _chain.Send(Coldkey, SubnetsCalls.SwapHotkey(Next.Address, Third.Address), Price)
            .RevertsWith(new HotkeySwappedRecently(swapped + 400));
        _chain.AdvanceTo(swapped + 400);
        _chain.Send(Coldkey, SubnetsCalls.SwapHotkey(Next.Address, Third.Address), Price).Succeeds();
    }

    [Test]
    public void A_commitment_is_shown_before_its_hotkey_goes()
    {
        _chain.AdvanceTo(40);
        _chain.Send(Judge, SubnetsCalls.CommitWeights(1, Keccak256.Hash("x"u8)), Amount.One).Succeeds();
        _chain.Send(Coldkey, SubnetsCalls.SwapHotkey(Judge.Address, Next.Address), Price).RevertsWith(new CommitmentOpen(2));
    }

    private Amount Stake(Person hotkey, Person coldkey) =>
        SubnetsCalls.StakeOfResult(_chain.Query(SubnetsCalls.StakeOf(hotkey.Address, coldkey.Address)).Succeeds().ReturnData);
}
