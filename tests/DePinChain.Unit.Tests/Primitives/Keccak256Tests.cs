using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Primitives;

public sealed class Keccak256Tests
{
    // The digest of no bytes and of "abc": Keccak team, KeccakReferenceOptimized test vectors; the others: Solidity's and Ethereum's constants.
    [TestCase("", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [TestCase("abc", "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [TestCase("Transfer(address,address,uint256)", "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")]
    [TestCase("The quick brown fox jumps over the lazy dog", "0x4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15")]
    public void Known_texts_have_their_known_digest(string text, string digest) =>
        Assert.That(Keccak256.Hash(Encoding.ASCII.GetBytes(text)).ToString(), Is.EqualTo(digest));
}
