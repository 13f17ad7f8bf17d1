using System.Buffers.Binary;
using DePinChain.Proofs.Arithmetic;

namespace DePinChain.Worker.Disputes;

/// <summary>Looks for an element of a shown product that is not what the weights give, by the arithmetic that the chain judges
/// with.</summary>
internal static class WrongElement
{
    /// <summary>The first wrong element; null when the product is right.</summary>
    /// <param name="input">What the miner says went in: singles, little-endian.</param>
    /// <param name="output">What it says came out.</param>
    /// <param name="isInt8">The model's profile is of signed bytes.</param>
    /// <param name="isBrain">Weights are bfloat16.</param>
    /// <param name="rows">Rows of the weights.</param>
    /// <param name="rowAt">A row's bytes.</param>
    public static int? Find(byte[] input, byte[] output, bool isInt8, bool isBrain, int rows, Func<int, byte[]> rowAt)
    {
        for (int element = 0; element < rows; element++)
        {
            if (RightOf(input, rowAt(element), isInt8, isBrain) is not { } right || ClaimedOf(output, element) != right) return element;
        }

        return null;
    }

    private static uint? ClaimedOf(byte[] output, int element) => element < output.Length / sizeof(uint)
        ? BinaryPrimitives.ReadUInt32LittleEndian(output.AsSpan(element * sizeof(uint)))
        : null;

    // Nothing follows from an input of another length than the row, or from what is no number.
    private static uint? RightOf(byte[] input, byte[] row, bool isInt8, bool isBrain)
    {
        if (input.Length % sizeof(uint) != 0 || row.Length != (isBrain ? input.Length / 2 : input.Length)) return null;
        try
        {
            return isInt8 ? ExactProduct.OfBytes(input, row, isBrain) : ExactProduct.OfSingles(input, row, isBrain);
        }
        catch (NotFiniteException)
        {
            return null;
        }
    }
}
