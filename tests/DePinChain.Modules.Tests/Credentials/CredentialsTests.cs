using DePinChain.Modules.Credentials;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Sdk;
using DePinChain.Modules.Tests.Staking;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Credentials;

/// <summary>Issuers, salted claims, revocation, policies, references and receipts.</summary>
public sealed class CredentialsTests
{
    private const ulong Later = 1_900_000_000;
    private static readonly Address Alice = Stage.Alice;
    private static readonly Address Bob = Stage.Bob;
    private static readonly Address Governance = WellKnownAddresses.Governance;
    private static readonly Hash256 Schema = Keccak256.Hash("kyc"u8);
    private static readonly Hash256 Reference = Keccak256.Hash("travel rule"u8);

    // Computed with ethers 6.17: leaves of ("country", "DE", 1), ("accredited", "yes", 2) and ("name", "Ada Lovelace", 3), salts as
    // 32-byte numbers; the first two are a pair, the third stands beside it.
    private static readonly Hash256 First = Hash256.Parse("0xc6c54fe437ee454eca38ecf40efce9c1a89b5057d390b2129877533858b8d0c7");
    private static readonly Hash256 Second = Hash256.Parse("0x126173e2afd512366a714da81abacf2e2772f62b38a1248b52b4c38cea7d8965");
    private static readonly Hash256 Third = Hash256.Parse("0x4851876a14c794b6ac26e25859084471bfa4da033d6a76c488527ec696f95738");
    private static readonly Hash256 Root = Hash256.Parse("0x065e3c5d9ae65db3bbe83c666179f1e409fc1ccd1790f56c14a90c108a40f84f");

    private InMemoryWorld _world = null!;
    private TokensModule _tokens = null!;
    private CredentialsModule _module = null!;

    [SetUp]
    public void Start()
    {
        _world = new InMemoryWorld();
        _world.Fund(Alice, Amount.FromDpn(10));
        ModuleScope scope = _world.Scope(new TestCryptography());
        _tokens = new TokensModule(scope.StateOf(WellKnownAddresses.Tokens), scope.LogsOf(WellKnownAddresses.Tokens));
        _tokens.Register("Dollar", "USDX", 6, Alice);
        _tokens.Mint(1, Alice, 1_000);
        Address address = CredentialsModule.Descriptor.Address;
        _module = new CredentialsModule(scope.StateOf(address), scope.LogsOf(address), scope.Bank, _tokens, scope.Cryptography);
    }

    [Test]
    public void One_claim_is_shown_and_the_others_stay_hidden()
    {
        Send(Alice, CredentialsCalls.RegisterIssuer("Alice", "https://example.org"));
        Assert.That(CredentialsCalls.AttestResult(Send(Alice, CredentialsCalls.Attest(Bob, Schema, Root, Later))), Is.EqualTo(1));
        Hash256[] branch = [Second, Third];
        Assert.That(CredentialsPolicy.LeafOf("country", "DE", Salt(1)), Is.EqualTo(First));
        Assert.That(Shows("country", "DE", Salt(1), branch), Is.True);
        Assert.That(Shows("name", "Ada Lovelace", Salt(3), Keccak256.Hash([.. Second.ToArray(), .. First.ToArray()])), Is.True);
        Assert.That(Shows("country", "FR", Salt(1), branch), Is.False);
        Assert.That(Shows("country", "DE", Salt(2), branch), Is.False);
        Assert.That(Shows("country", "DE", Salt(1), Second), Is.False);
        Assert.That(_module.Issuer(Alice), Is.EqualTo(new IssuerRecord("Alice", "https://example.org", 1)));
    }

    [Test]
    public void A_credential_holds_until_it_expires_or_is_taken_back()
    {
        Send(Alice, CredentialsCalls.RegisterIssuer("Alice", ""));
        Send(Alice, CredentialsCalls.Attest(Bob, Schema, Root, 1_700_000_010));
        Assert.That(_module.IsValid(At(9), Bob, Schema, [Bob, Alice]), Is.True);
        Assert.That(_module.IsValid(At(10), Bob, Schema, [Alice]), Is.False, "expired");
        Assert.That(_module.IsValid(At(9), Bob, Schema, [Bob]), Is.False, "nobody believed said it");
        Assert.That(_module.IsValid(At(9), Alice, Schema, [Alice]), Is.False, "it is about Bob");
        Send(Bob, CredentialsCalls.Renounce(Alice, Schema));
        Assert.That(_module.IsValid(At(9), Bob, Schema, [Alice]), Is.False);
        Assert.That(Shows("country", "DE", Salt(1), Second, Third), Is.False);

        // Said again it holds again, with the next serial; the issuer takes it back this time.
        Assert.That(CredentialsCalls.AttestResult(Send(Alice, CredentialsCalls.Attest(Bob, Schema, Root, Later))), Is.EqualTo(2));
        Assert.That(_module.IsValid(At(9), Bob, Schema, [Alice]), Is.True);
        Send(Alice, CredentialsCalls.Revoke(Bob, Schema));
        Assert.That(_module.Credential(Alice, Bob, Schema).RevokedAt, Is.EqualTo(1));
        Refuses(Alice, CredentialsCalls.Revoke(Bob, Schema), new AlreadyRevoked(1));
        Refuses(Bob, CredentialsCalls.Revoke(Bob, Schema), new UnknownCredential(Bob, Bob, Schema));
        Refuses(Bob, CredentialsCalls.Renounce(Bob, Schema), new UnknownCredential(Bob, Bob, Schema));
    }

    [Test]
    public void A_signed_statement_goes_on_record_once()
    {
        // The digest of serial 7 for chain 1337000, from issuer 0x…0a11ce about 0x…0b0b until 1900000000, by ethers 6.17's
        // TypedDataEncoder.
        Assert.That(
            CredentialsPolicy.DigestOf(1_337_000, Alice, Bob, Schema, Root, 7, Later),
            Is.EqualTo(Hash256.Parse("0xc3e012798cace81c2d9c546b9b7c2981e9c11f09d4d22a0ba58f7b6a225dea89")));
        Address issuer = Person.Alice.Address;
        Send(issuer, CredentialsCalls.RegisterIssuer("Alice with a key", ""));
        byte[] signed = Signed(issuer, 7);
        Send(Bob, signed);
        Assert.That(_module.IsValid(At(1), Bob, Schema, [issuer]), Is.True);
        Send(issuer, CredentialsCalls.Revoke(Bob, Schema));
        Refuses(Bob, signed, new StaleSerial(8, 7));
        Refuses(Bob, Signed(issuer, 6), new StaleSerial(8, 6));
        Send(Bob, Signed(issuer, 8));
        byte[] strangers = CredentialsCalls.AttestSigned(
            Alice, Bob, Schema, Root, 9, Later, Sign(CredentialsPolicy.DigestOf(1_337_000, Alice, Bob, Schema, Root, 9, Later)));
        Refuses(Bob, strangers, new InvalidStatement(Alice));
        Refuses(
            Bob, CredentialsCalls.AttestSigned(issuer, Bob, Schema, Root, 9, Later, new byte[3]), new InvalidStatement(issuer));
    }

    [Test]
    public void A_statement_has_an_issuer_a_subject_a_root_and_time_ahead()
    {
        Refuses(Alice, CredentialsCalls.Attest(Bob, Schema, Root, Later), new UnknownIssuer(Alice));
        Send(Alice, CredentialsCalls.RegisterIssuer("Alice", ""));
        Refuses(Alice, CredentialsCalls.Attest(Address.Zero, Schema, Root, Later), new EmptyStatement());
        Refuses(Alice, CredentialsCalls.Attest(Bob, Schema, Hash256.Zero, Later), new EmptyStatement());
        Refuses(Alice, CredentialsCalls.Attest(Bob, Schema, Root, 1_700_000_001), new AlreadyExpired(1_700_000_001, 1_700_000_001));
        Refuses(Alice, CredentialsCalls.RegisterIssuer("", ""), new InvalidName(""));
        Refuses(Alice, CredentialsCalls.RegisterIssuer(new string('x', 65), ""), new InvalidName(new string('x', 65)));
        Refuses(Alice, CredentialsCalls.RegisterIssuer("a", "\t"), new InvalidUri("\t"));
        Assert.That(Stage.RevertOf(() => _module.Issuer(Bob)), Is.EqualTo(new UnknownIssuer(Bob).Encode()));
        Assert.That(
            Stage.RevertOf(() => _module.Credential(Alice, Bob, Schema)), Is.EqualTo(new UnknownCredential(Alice, Bob, Schema).Encode()));
    }

    [Test]
    public void Governance_alone_lists_issuers()
    {
        Refuses(Alice, CredentialsCalls.ListIssuer(Alice, Schema), new NotGovernance(Alice));
        Refuses(Alice, CredentialsCalls.DelistIssuer(Alice, Schema), new NotGovernance(Alice));
        Refuses(Governance, CredentialsCalls.ListIssuer(Alice, Schema), new UnknownIssuer(Alice));
        Refuses(Governance, CredentialsCalls.DelistIssuer(Alice, Schema), new NotListed(Alice, Schema));
        Send(Alice, CredentialsCalls.RegisterIssuer("Alice", ""));
        Send(Governance, CredentialsCalls.ListIssuer(Alice, Schema));
        Refuses(Governance, CredentialsCalls.ListIssuer(Alice, Schema), new AlreadyListed(Alice, Schema));
        Assert.That(_module.IsListed(Alice, Schema), Is.True);
        Send(Governance, CredentialsCalls.DelistIssuer(Alice, Schema));
        Assert.That(_module.IsListed(Alice, Schema), Is.False);
        uint[] orders =
        [
            Calldata.SelectorOf(CredentialsCalls.ListIssuer(Alice, Schema)),
            Calldata.SelectorOf(CredentialsCalls.DelistIssuer(Alice, Schema)),
        ];
        Assert.That(orders, Has.All.Matches<uint>(_module.TakesOrder));
        Assert.That(_module.TakesOrder(Calldata.SelectorOf(CredentialsCalls.Revoke(Bob, Schema))), Is.False);
    }

    [Test]
    public void A_policy_asks_for_schemas_by_its_issuers_or_by_listed_ones()
    {
        Hash256 second = Keccak256.Hash("accredited"u8);
        Address asker = Address.FromLow(0xa5);
        Assert.That(_module.Meets(At(1), asker, Bob, []), Is.True, "who asks nothing is met");
        Send(Alice, CredentialsCalls.RegisterIssuer("Alice", ""));
        Send(Alice, CredentialsCalls.Attest(Bob, Schema, Root, Later));
        Send(asker, CredentialsCalls.SetPolicy(Reference, [Schema, second], [Alice]));
        Assert.That(_module.Meets(At(1), asker, Bob, []), Is.False, "one of two");
        Send(Alice, CredentialsCalls.Attest(Bob, second, Root, Later));
        Assert.That(_module.Meets(At(1), asker, Bob, []), Is.True);
        Send(asker, CredentialsCalls.SetPolicy(Reference, [Schema], []));
        Assert.That(_module.Meets(At(1), asker, Bob, [Alice]), Is.False, "nobody listed Alice");
        Send(Governance, CredentialsCalls.ListIssuer(Alice, Schema));
        Assert.That(_module.Meets(At(1), asker, Bob, [Alice]), Is.True);
        Assert.That(_module.Meets(At(1), asker, Bob, []), Is.False, "nobody was brought along");
        Assert.That(_module.PolicyOf(asker).PolicyHash, Is.EqualTo(Reference));
    }

    [Test]
    public void Lists_are_committed_to_in_growing_versions()
    {
        Send(Alice, CredentialsCalls.CommitList(Schema, Root, 4));
        Refuses(Alice, CredentialsCalls.CommitList(Schema, Root, 4), new VersionNotLater(5, 4));
        Send(Bob, CredentialsCalls.CommitList(Schema, Root, 1));
        Assert.That(_module.ListOf(Alice, Schema), Is.EqualTo(new ListRecord(Root, 4, 1)));
        Assert.That(_module.ListOf(Governance, Schema), Is.Default);
    }

    [Test]
    public void A_market_believes_what_is_presented_and_holds()
    {
        Address asker = Address.FromLow(0xa5);
        Assert.That(_module.HasPolicy(asker), Is.False);
        Send(asker, CredentialsCalls.SetPolicy(Reference, [Schema], []));
        Assert.That(_module.HasPolicy(asker), Is.True);
        Send(Alice, CredentialsCalls.RegisterIssuer("Alice", ""));
        Refuses(Bob, CredentialsCalls.Present(Alice, Schema), new UnknownCredential(Alice, Bob, Schema));
        Send(Alice, CredentialsCalls.Attest(Bob, Schema, Root, 1_700_000_010));
        Send(Governance, CredentialsCalls.ListIssuer(Alice, Schema));
        Assert.That(_module.Admits(At(1), asker, Bob), Is.False, "it is not presented");
        Send(Bob, CredentialsCalls.Present(Alice, Schema));
        Assert.That(_module.PresentedBy(Bob, Schema), Is.EqualTo(Alice));
        Assert.That(_module.Admits(At(1), asker, Bob), Is.True);
        Assert.That(_module.Admits(At(10), asker, Bob), Is.False, "expired");
        Send(Governance, CredentialsCalls.DelistIssuer(Alice, Schema));
        Assert.That(_module.Admits(At(1), asker, Bob), Is.False, "nobody lists Alice");
        Send(asker, CredentialsCalls.SetPolicy(Reference, [Schema], [Alice]));
        Assert.That(_module.Admits(At(1), asker, Bob), Is.True, "it is named");
        Assert.That(_module.Admits(At(1), asker, Alice), Is.False);
        Assert.That(_module.Admits(At(1), Bob, Alice), Is.True, "who asks nothing admits everybody");
    }

    [Test]
    public void A_screen_asks_to_be_shown_clear_of_each_version_of_a_list()
    {
        // Listed: 0xb00 and 0xc00. Leaves of the gaps and the root by a Keccak in Python: (0, 0xb00) and (0xb00, 0xc00) are a pair,
        // (0xc00, 2^160 - 1) stands beside it.
        Address low = Address.FromLow(0xb00), high = Address.FromLow(0xc00), asker = Address.FromLow(0xa5);
        Hash256 first = Hash256.Parse("0xfd800bcc846835e752fb2ab187a5c34c887a3c6bd7d87f6e3ba10fa4320bfe55");
        Hash256 second = Hash256.Parse("0x1dbc5fab606fbd51e31478b25d7ac1937bf5eae836a52e80173e1c763c617791");
        Hash256 third = Hash256.Parse("0x2313c627a506647361a4292161080e8228270413adce2b9e34395e2eb630c739");
        Hash256 root = Hash256.Parse("0x86857aedb37d5f3a1564f5cf099fd4105cd2824f6b139b22f7e4d8834a4df0bc");
        Assert.That(CredentialsPolicy.GapLeafOf(low, high), Is.EqualTo(second));
        Refuses(asker, CredentialsCalls.SetScreen(Alice, Schema), new UnknownList(Alice, Schema));
        byte[] clear = CredentialsCalls.ShowCleared(Alice, Schema, Bob, low, high, [first, third]);
        Refuses(Bob, clear, new UnknownList(Alice, Schema));
        Send(Alice, CredentialsCalls.CommitList(Schema, root, 1));
        Send(asker, CredentialsCalls.SetScreen(Alice, Schema));
        Assert.That(_module.HasPolicy(asker), Is.True);
        Assert.That(_module.ScreenOf(asker), Is.EqualTo(new ScreenRecord(Alice, Schema)));
        Assert.That(_module.Admits(At(1), asker, Bob), Is.False);

        // Bob is 0xb0b. A listed address is an end of its gaps, and never inside of one.
        Refuses(
            Bob, CredentialsCalls.ShowCleared(Alice, Schema, low, low, high, [first, third]), new NotBetween(low, low, high));
        Refuses(
            Bob, CredentialsCalls.ShowCleared(Alice, Schema, high, low, high, [first, third]), new NotBetween(high, low, high));
        Refuses(
            Bob, CredentialsCalls.ShowCleared(Alice, Schema, low, default, high, [first, third]),
            new NotInList(root, CredentialsPolicy.RootOf(CredentialsPolicy.GapLeafOf(default, high), [first, third])));
        Send(Alice, clear);
        Assert.That(_module.Admits(At(1), asker, Bob), Is.True);
        Assert.That(_module.IsCleared(Alice, Schema, Alice), Is.False);

        Send(Alice, CredentialsCalls.CommitList(Schema, Reference, 2));
        Assert.That(_module.Admits(At(1), asker, Bob), Is.False, "there is a new version");
        Refuses(Bob, clear, new NotInList(Reference, root));
        Send(asker, CredentialsCalls.SetScreen(default, default));
        Assert.That(_module.Admits(At(1), asker, Bob), Is.True);
        Assert.That(_module.HasPolicy(asker), Is.False);
    }

    [Test]
    public void Payments_carry_their_reference()
    {
        Send(Alice, CredentialsCalls.TransferWithRef(Bob, Reference), Amount.FromDpn(3));
        Send(Alice, CredentialsCalls.TransferTokenWithRef(1, Bob, 400, Reference));
        Assert.That(_world.BalanceOf(Bob), Is.EqualTo(Amount.FromDpn(3)));
        Assert.That(_world.BalanceOf(CredentialsModule.Descriptor.Address), Is.EqualTo(Amount.Zero));
        Assert.That(_tokens.BalanceOf(1, Bob), Is.EqualTo((UInt128)400));
        NativeTransfer moved = _world.Logs.Select(static log => log.As<NativeTransfer>()).OfType<NativeTransfer>().Last();
        Assert.That(moved.Ref, Is.EqualTo(Reference));
        Assert.That(
            _world.Logs.Select(static log => log.As<TransferredWithRef>()).OfType<TransferredWithRef>(),
            Is.EqualTo(new[]
            {
                new TransferredWithRef(Alice, Bob, Reference, 0, Amount.FromDpn(3).ToUInt256()),
                new TransferredWithRef(Alice, Bob, Reference, 1, 400UL),
            }));
        Refuses(Alice, CredentialsCalls.TransferWithRef(Bob, Reference), new InvalidTransfer(Bob, UInt256.Zero));
        Address module = CredentialsModule.Descriptor.Address;
        Assert.That(
            Stage.RevertOf(() => Send(Alice, CredentialsCalls.TransferWithRef(module, Reference), Amount.One)),
            Is.EqualTo(new InvalidTransfer(module, Amount.One.ToUInt256()).Encode()), "it would strand");
        Refuses(Alice, CredentialsCalls.TransferTokenWithRef(1, Address.Zero, 1, Reference), new InvalidTransfer(Address.Zero, 1UL));
        Refuses(Alice, CredentialsCalls.TransferTokenWithRef(1, Bob, 1, Hash256.Zero), new EmptyReference());
    }

    [Test]
    public void A_destroyed_key_has_one_receipt()
    {
        Send(Alice, CredentialsCalls.RecordErasure(Schema, Root, Reference));
        Assert.That(_module.ErasureOf(Alice, Schema), Is.EqualTo(new ErasureRecord(Root, Reference, 1)));
        Refuses(Alice, CredentialsCalls.RecordErasure(Schema, Root, Reference), new AlreadyDestroyed(1));
        Refuses(Alice, CredentialsCalls.RecordErasure(Schema, Hash256.Zero, Reference), new EmptyReceipt());
        Assert.That(_module.ErasureOf(Bob, Schema), Is.Default);
    }

    private static byte[] Sign(in Hash256 digest) => Person.Alice.Key.Sign(digest).ToArray();

    private static byte[] Signed(Address issuer, ulong serial) => CredentialsCalls.AttestSigned(
        issuer, Bob, Schema, Root, serial, Later, Sign(CredentialsPolicy.DigestOf(1_337_000, issuer, Bob, Schema, Root, serial, Later)));

    private static Hash256 Salt(ulong number) => ((UInt256)number).ToHash256();

    private static BlockContext At(ulong number) => Stage.BlockAt(number);

    private bool Shows(string name, string value, Hash256 salt, params Hash256[] branch) =>
        _module.Shows(At(1), Alice, Bob, Schema, name, value, salt, branch);

    private byte[] Send(Address sender, byte[] calldata, Amount value = default)
    {
        int before = _world.Snapshot();
        try
        {
            _world.Transfer(sender, CredentialsModule.Descriptor.Address, value);
            return _module.Dispatch(Stage.CallBy(sender, _world, At(1), value), calldata);
        }
        catch (Revert)
        {
            _world.Revert(before);
            throw;
        }
    }

    private void Refuses<TError>(Address sender, byte[] calldata, in TError expected)
        where TError : struct, IError =>
        Assert.That(Stage.RevertOf(() => Send(sender, calldata)), Is.EqualTo(expected.Encode()), expected.ToString());
}
