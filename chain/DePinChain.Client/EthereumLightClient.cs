using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Client;

/// <summary>
/// What an Ethereum-like chain is told of this one: calldata for the contract of <c>chain/contracts/DePinLightClient.sol</c>.
/// </summary>
public static class EthereumLightClient
{
    // The functions of the contract that a relayer and a prover call.
    private static readonly ContractAbi Abi = AbiJson.Parse(
        """
        [{"type":"function","name":"update","stateMutability":"nonpayable","outputs":[],"inputs":[{"name":"next","type":"tuple",
        "components":[{"name":"header","type":"bytes"},{"name":"preimage","type":"bytes"},{"name":"set","type":"bytes"},
        {"name":"round","type":"uint32"},{"name":"bitmap","type":"uint256"},{"name":"seals","type":"bytes"}]}]},
        {"type":"function","name":"proveAccount","stateMutability":"view","outputs":[],"inputs":[{"name":"header","type":"bytes"},
        {"name":"account","type":"address"},{"name":"proof","type":"bytes[]"}]},
        {"type":"function","name":"proveRecord","stateMutability":"view","outputs":[],"inputs":[{"name":"header","type":"bytes"},
        {"name":"module","type":"address"},{"name":"location","type":"bytes32"},{"name":"accountProof","type":"bytes[]"},
        {"name":"storageProof","type":"bytes[]"}]}]
        """);

    /// <summary>Validators whose seals a bitmap of one word can name.</summary>
    public const int ValidatorsMax = 256;

    /// <summary>A call that makes the contract believe a header, with no more seals than a quorum takes: each costs a recovery.</summary>
    /// <exception cref="FormatException">More validators than a bitmap of one word names, or too few seals.</exception>
    public static byte[] Update(LightBlock block)
    {
        if (block.Validators.Count > ValidatorsMax)
            throw new FormatException($"{block.Validators.Count} validators are more than the contract's bitmap names");
        UInt256 bitmap = UInt256.Zero;
        UInt128 power = 0;
        var seals = new List<byte>();
        int next = 0;
        for (int index = 0; index < block.Validators.Count; index++)
        {
            if (!block.Commit.HasSigned(index)) continue;
            Signature seal = block.Commit.Seals[next++];
            if (ValidatorSet.IsQuorum(power, block.Validators.TotalPower)) break;
            bitmap |= UInt256.One << index;
            power += block.Validators[index].Power;
            byte[] bytes = new byte[Signature.Size];
            seal.CopyTo(bytes);
            seals.AddRange(bytes);
        }

        if (!ValidatorSet.IsQuorum(power, block.Validators.TotalPower)) throw new FormatException("the seals are not a quorum's");
        object?[] certified =
        [
            block.Header.Encode(), block.Preimage.Encode(), block.Validators.Encode(), (UInt256)block.Commit.Round, bitmap,
            seals.ToArray(),
        ];
        return FunctionOf("update").EncodeCall([certified]);
    }

    /// <summary>A call that proves an account at a header that the contract believes.</summary>
    public static byte[] ProveAccount(BlockHeader header, Address account, IReadOnlyList<byte[]> proof) =>
        FunctionOf("proveAccount").EncodeCall([header.Encode(), account, Nodes(proof)]);

    /// <summary>A call that proves a module's record, or that there is none.</summary>
    public static byte[] ProveRecord(
        BlockHeader header, Address module, Hash256 location, IReadOnlyList<byte[]> accountProof, IReadOnlyList<byte[]> recordProof) =>
        FunctionOf("proveRecord").EncodeCall(
            [header.Encode(), module, location.ToArray(), Nodes(accountProof), Nodes(recordProof)]);

    private static object?[] Nodes(IReadOnlyList<byte[]> proof) => [.. proof];

    private static AbiFunction FunctionOf(string name) => Abi.Functions.First(function => function.Name == name);
}
