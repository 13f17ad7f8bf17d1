using System.Text;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Sdk;

/// <summary>Selectors and topics that everybody knows (EIP-20, ERC-6093, Multicall3, Solidity's ABI specification).</summary>
public sealed class SelectorTests
{
    private static readonly InMemoryWorld World = new();

    [TestCase("a9059cbb", TestName = "transfer(address,uint256)")]
    [TestCase("23b872dd", TestName = "transferFrom(address,address,uint256)")]
    [TestCase("095ea7b3", TestName = "approve(address,uint256)")]
    [TestCase("70a08231", TestName = "balanceOf(address)")]
    [TestCase("dd62ed3e", TestName = "allowance(address,address)")]
    [TestCase("18160ddd", TestName = "totalSupply()")]
    [TestCase("06fdde03", TestName = "name()")]
    [TestCase("95d89b41", TestName = "symbol()")]
    [TestCase("313ce567", TestName = "decimals()")]
    public void Erc20_answers_at_its_selector(string selector)
    {
        TokenFacade token = new(new ModuleState(Address.FromLow(0x2001), World), new Logs(Address.FromLow(0x2001), World));

        // Zero words decode as any arguments of these functions.
        byte[] calldata = [.. Hex.Decode(selector), .. new byte[96]];
        Assert.That(() => token.Dispatch(Stage.CallBy(Stage.Alice, World), calldata), Throws.Nothing);
    }

    [Test]
    public void Typed_calls_carry_the_known_selectors()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Hex.Encode(TokenFacadeCalls.Transfer(Stage.Alice, UInt256.One).AsSpan(0, 4)), Is.EqualTo("0xa9059cbb"));
            Assert.That(Hex.Encode(SamplesCalls.Aggregate3([]).AsSpan(0, 4)), Is.EqualTo("0x82ad56cb"));
            Assert.That(Hex.Encode(SamplesCalls.Baz(69, true)), Is.EqualTo("0xcdcd77c0" + 69.ToString("x64") + 1.ToString("x64")));
        });
    }

    // Solidity, "Contract ABI Specification", "Examples": sam("dave", true, [1, 2, 3]).
    [Test]
    public void Calldata_of_the_specification_is_reproduced()
    {
        byte[] expected =
        [
            .. Hex.Decode("a5643bf2"),
            .. Stage.Words("60", "1", "a0", "4"),
            .. Hex.Decode("6461766500000000000000000000000000000000000000000000000000000000"),
            .. Stage.Words("3", "1", "2", "3"),
        ];
        Assert.That(SamplesCalls.Sam([.. "dave"u8], true, [1, 2, 3]), Is.EqualTo(expected));
    }

    [Test]
    public void Events_and_errors_have_their_known_hashes()
    {
        Assert.Multiple(() =>
        {
            Assert.That(
                Transfer.EventTopic.ToString(), Is.EqualTo("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"));
            Assert.That(ERC20InsufficientBalance.ErrorSelector, Is.EqualTo(0xe450d38c));
        });
    }

    // The SDK's own errors, whose names the generator repeats in every ABI. Selectors by an independent Keccak-256.
    [Test]
    public void Standard_errors_have_the_selectors_of_their_published_signatures()
    {
        Assert.Multiple(() =>
        {
            Assert.That(UnknownSelector.ErrorSelector, Is.EqualTo(0xc2a825f5)); // UnknownSelector(bytes4)
            Assert.That(NotPayable.ErrorSelector, Is.EqualTo(0x1574f9f3)); // NotPayable()
        });
        foreach ((string signature, uint selector) in new[]
        {
            ("MalformedCalldata(string)", MalformedCalldata.ErrorSelector),
            ("InsufficientBalance(address,uint256,uint256)", InsufficientBalance.ErrorSelector),
            ("BeaconExpired(uint64)", BeaconExpired.ErrorSelector),
            ("ModuleSuspended()", ModuleSuspended.ErrorSelector),
            ("UnknownParameter(string)", UnknownParameter.ErrorSelector),
            ("ParameterOutOfRange(string,uint256,uint256,uint256)", ParameterOutOfRange.ErrorSelector),
        })
        {
            Hash256 hash = Keccak256.Hash(Encoding.ASCII.GetBytes(signature));
            Assert.That(selector, Is.EqualTo(Calldata.SelectorOf(hash.ToArray())), signature);
            string name = signature[..signature.IndexOf('(', StringComparison.Ordinal)];
            Assert.That(SamplesModule.Descriptor.Abi, Does.Contain($"{{\"type\":\"error\",\"name\":\"{name}\""));
        }
    }
}
