using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Economy.EconomyNetwork;
using static DePinChain.Modules.Tests.Sdk.Stage;

namespace DePinChain.Modules.Tests.Economy;

public sealed class TokensTests
{
    private static readonly Address Tokens = WellKnownAddresses.Tokens;
    private static readonly Address Carol = Address.FromLow(0xca201);

    [Test]
    public void A_token_answers_as_an_ERC20_contract_at_its_own_account()
    {
        EconomyNetwork network = Minted(1_500_000);

        Assert.That(Facade, Is.EqualTo(Address.FromLow(0x2001)));
        Assert.That(network.World.IsEstablished(Facade), Is.True);
        Assert.That(network.Tokens.FindFacade(Facade)!.Address, Is.EqualTo(Facade));
        Assert.That(TokenFacadeCalls.NameResult(network.Send(Bob, Facade, TokenFacadeCalls.Name())), Is.EqualTo("USD on the localnet"));
        Assert.That(TokenFacadeCalls.SymbolResult(network.Send(Bob, Facade, TokenFacadeCalls.Symbol())), Is.EqualTo("USDX"));
        Assert.That(TokenFacadeCalls.DecimalsResult(network.Send(Bob, Facade, TokenFacadeCalls.Decimals())), Is.EqualTo(6));
        byte[] supply = network.Send(Bob, Facade, TokenFacadeCalls.TotalSupply());
        Assert.That(TokenFacadeCalls.TotalSupplyResult(supply), Is.EqualTo((UInt256)1_500_000UL));
        Assert.That(BalanceOf(network, Alice), Is.EqualTo(1_500_000));
    }

    [Test]
    public void Its_selectors_are_those_every_wallet_knows()
    {
        // ERC-20: transfer 0xa9059cbb, transferFrom 0x23b872dd, approve 0x095ea7b3, balanceOf 0x70a08231, allowance 0xdd62ed3e,
        // totalSupply 0x18160ddd, name 0x06fdde03, symbol 0x95d89b41, decimals 0x313ce567.
        byte[][] calls =
        [
            TokenFacadeCalls.Transfer(Bob, 1UL), TokenFacadeCalls.TransferFrom(Alice, Bob, 1UL), TokenFacadeCalls.Approve(Bob, 1UL),
            TokenFacadeCalls.BalanceOf(Bob), TokenFacadeCalls.Allowance(Alice, Bob), TokenFacadeCalls.TotalSupply(),
            TokenFacadeCalls.Name(), TokenFacadeCalls.Symbol(), TokenFacadeCalls.Decimals(),
        ];

        Assert.That(calls.Select(static call => Convert.ToHexStringLower(call.AsSpan(0, 4))), Is.EqualTo(new[]
        {
            "a9059cbb", "23b872dd", "095ea7b3", "70a08231", "dd62ed3e", "18160ddd", "06fdde03", "95d89b41", "313ce567",
        }));
    }

    [Test]
    public void Only_accounts_of_tokens_that_exist_answer()
    {
        EconomyNetwork network = new();

        Assert.That(network.Tokens.FindFacade(WellKnownAddresses.TokenFacade(0)), Is.Null);
        Assert.That(network.Tokens.FindFacade(WellKnownAddresses.TokenFacade(2)), Is.Null);
        Assert.That(network.Tokens.FindFacade(Alice), Is.Null);
        Assert.That(network.Tokens.FindFacade(Address.Zero), Is.Null);
    }

    [Test]
    public void A_transfer_moves_and_is_reported_by_the_facade()
    {
        EconomyNetwork network = Minted(100);
        byte[] returned = network.Send(Alice, Facade, TokenFacadeCalls.Transfer(Bob, 30UL));

        Assert.That(TokenFacadeCalls.TransferResult(returned), Is.True);
        Assert.That((BalanceOf(network, Alice), BalanceOf(network, Bob)), Is.EqualTo((70, 30)));
        Assert.That(network.EventsOf<Transfer>(Facade)[^1], Is.EqualTo(new Transfer(Alice, Bob, 30UL)));
        network.IsSound();
    }

    [Test]
    public void A_transfer_to_oneself_changes_nothing()
    {
        EconomyNetwork network = Minted(100);
        network.Send(Alice, Facade, TokenFacadeCalls.Transfer(Alice, 100UL));

        Assert.That(BalanceOf(network, Alice), Is.EqualTo(100));
    }

    [Test]
    public void Nobody_moves_more_than_it_holds()
    {
        EconomyNetwork network = Minted(100);

        network.Refuses(
            () => network.Send(Alice, Facade, TokenFacadeCalls.Transfer(Bob, 101UL)), new ERC20InsufficientBalance(Alice, 100UL, 101UL));
        network.Refuses(
            () => network.Send(Alice, Facade, TokenFacadeCalls.Transfer(Bob, UInt256.MaxValue)),
            new ERC20InsufficientBalance(Alice, 100UL, UInt256.MaxValue));
        Assert.That(() => network.Tokens.Move(1, Alice, Bob, 101), Throws.TypeOf<Revert>());
    }

    [Test]
    public void Nothing_goes_to_the_zero_account()
    {
        EconomyNetwork network = Minted(100);

        network.Refuses(
            () => network.Send(Alice, Facade, TokenFacadeCalls.Transfer(Address.Zero, 1UL)), new ERC20InvalidReceiver(Address.Zero));
        network.Refuses(() => network.Send(Alice, Tokens, TokensCalls.Mint(1, Address.Zero, 1UL)), new ERC20InvalidReceiver(Address.Zero));
        network.Refuses(() => network.Send(Alice, Facade, TokenFacadeCalls.Approve(Address.Zero, 1UL)),
            new ERC20InvalidSpender(Address.Zero));
    }

    [Test]
    public void An_allowance_is_used_up()
    {
        EconomyNetwork network = Minted(100);
        network.Send(Alice, Facade, TokenFacadeCalls.Approve(Bob, 50UL));
        Assert.That(network.EventsOf<Approval>(Facade)[^1], Is.EqualTo(new Approval(Alice, Bob, 50UL)));
        network.Send(Bob, Facade, TokenFacadeCalls.TransferFrom(Alice, Carol, 20UL));

        Assert.That(BalanceOf(network, Carol), Is.EqualTo(20));
        Assert.That(AllowanceOf(network), Is.EqualTo((UInt256)30UL));
        network.Refuses(
            () => network.Send(Bob, Facade, TokenFacadeCalls.TransferFrom(Alice, Carol, 31UL)),
            new ERC20InsufficientAllowance(Bob, 30UL, 31UL));
    }

    [Test]
    public void An_allowance_for_ever_is_never_decreased()
    {
        EconomyNetwork network = Minted(100);
        network.Send(Alice, Facade, TokenFacadeCalls.Approve(Bob, UInt256.MaxValue));
        network.Send(Bob, Facade, TokenFacadeCalls.TransferFrom(Alice, Carol, 100UL));

        Assert.That(AllowanceOf(network), Is.EqualTo(UInt256.MaxValue));
    }

    [Test]
    public void One_below_for_ever_is_decreased()
    {
        EconomyNetwork network = Minted(100);
        network.Send(Alice, Facade, TokenFacadeCalls.Approve(Bob, UInt256.MaxValue - UInt256.One));
        network.Send(Bob, Facade, TokenFacadeCalls.TransferFrom(Alice, Carol, 1UL));

        Assert.That(AllowanceOf(network), Is.EqualTo(UInt256.MaxValue - 2UL));
    }

    [Test]
    public void Only_the_minter_mints_and_hands_the_right_on()
    {
        EconomyNetwork network = new();
        network.Refuses(() => network.Send(Bob, Tokens, TokensCalls.Mint(1, Bob, 1UL)), new NotMinter(Alice, Bob));
        network.Refuses(() => network.Send(Bob, Tokens, TokensCalls.SetMinter(1, Bob)), new NotMinter(Alice, Bob));
        network.Send(Alice, Tokens, TokensCalls.SetMinter(1, Bob));
        network.Send(Bob, Tokens, TokensCalls.Mint(1, Carol, 7UL));
        network.Send(Bob, Tokens, TokensCalls.SetMinter(1, Address.Zero));

        Assert.That(BalanceOf(network, Carol), Is.EqualTo(7));
        network.Refuses(() => network.Send(Bob, Tokens, TokensCalls.Mint(1, Bob, 1UL)), new NotMinter(Address.Zero, Bob));
        network.Refuses(() => network.Send(Address.Zero, Tokens, TokensCalls.Mint(1, Bob, 1UL)), new NotMinter(Address.Zero, Address.Zero));
    }

    [Test]
    public void A_supply_fits_128_bits()
    {
        EconomyNetwork network = Minted(1);
        UInt256 twoTo128 = (UInt256)UInt128.MaxValue + UInt256.One;

        network.Refuses(() => network.Send(Alice, Tokens, TokensCalls.Mint(1, Bob, twoTo128)), new SupplyTooLarge(twoTo128));
        network.Refuses(
            () => network.Send(Alice, Tokens, TokensCalls.Mint(1, Bob, UInt128.MaxValue)), new SupplyTooLarge(UInt128.MaxValue));
        network.Send(Alice, Tokens, TokensCalls.Mint(1, Bob, UInt128.MaxValue - 1));
        network.IsSound();
    }

    [Test]
    public void Burning_lowers_the_supply_and_is_reported_as_a_transfer_to_zero()
    {
        EconomyNetwork network = Minted(100);
        network.Send(Alice, Tokens, TokensCalls.Burn(1, 40UL));

        Assert.That(network.Tokens.TotalSupplyOf(1), Is.EqualTo((UInt128)60));
        Assert.That(network.EventsOf<Transfer>(Facade)[^1], Is.EqualTo(new Transfer(Alice, Address.Zero, 40UL)));
        network.Refuses(() => network.Send(Alice, Tokens, TokensCalls.Burn(1, 61UL)), new ERC20InsufficientBalance(Alice, 60UL, 61UL));
    }

    [Test]
    public void Unknown_tokens_are_refused()
    {
        EconomyNetwork network = new();
        network.Refuses(() => network.Send(Alice, Tokens, TokensCalls.Mint(2, Bob, 1UL)), new UnknownToken(2));
        network.Refuses(() => network.Send(Alice, Tokens, TokensCalls.Burn(0, 1UL)), new UnknownToken(0));
        network.Refuses(() => network.Send(Alice, Tokens, TokensCalls.SetMinter(9, Bob)), new UnknownToken(9));
        network.Refuses(() => network.Send(Alice, Tokens, TokensCalls.Token(9)), new UnknownToken(9));
    }

    [Test]
    public void Tokens_are_listed_by_page()
    {
        EconomyNetwork network = new();
        Assert.That(network.Tokens.Register("Second", "TWO", 18, Address.Zero), Is.EqualTo(2));
        Assert.That(network.EventsOf<TokenRegistered>(Tokens)[^1], Is.EqualTo(
            new TokenRegistered(2, WellKnownAddresses.TokenFacade(2), "Second", "TWO", 18)));

        Assert.That(network.Tokens.TokenCount(), Is.EqualTo(2));
        Assert.That(network.Tokens.Tokens(0, 100).Select(static token => token.Symbol), Is.EqualTo(new[] { "USDX", "TWO" }));
        Assert.That(network.Tokens.Tokens(2, 1).Select(static token => token.Symbol), Is.EqualTo(new[] { "TWO" }));
        Assert.That(network.Tokens.Tokens(3, 100), Is.Empty);
        network.Refuses(() => network.Send(Alice, Tokens, TokensCalls.Tokens(1, 101)), new TooManyTokens(100));
    }

    [Test]
    public void A_facade_takes_no_value()
    {
        EconomyNetwork network = Minted(1);
        network.Refuses(() => network.Send(Alice, Facade, TokenFacadeCalls.Transfer(Bob, 1UL), Amount.One), new NotPayable());
    }

    private static EconomyNetwork Minted(ulong amount)
    {
        EconomyNetwork network = new();
        network.Send(Alice, Tokens, TokensCalls.Mint(1, Alice, amount));
        return network;
    }

    private static int BalanceOf(EconomyNetwork network, Address owner) =>
        (int)(ulong)TokenFacadeCalls.BalanceOfResult(network.Send(owner, Facade, TokenFacadeCalls.BalanceOf(owner)));

    private static UInt256 AllowanceOf(EconomyNetwork network) =>
        TokenFacadeCalls.AllowanceResult(network.Send(Bob, Facade, TokenFacadeCalls.Allowance(Alice, Bob)));
}
