using System.Runtime.InteropServices;
using DePinChain.Proofs.Devices;

namespace DePinChain.Gpu;

/// <summary>
/// The matrices of one chain of rounds in a backend's memory. What goes there in a round is a vector and a key, what comes back are three
/// sums for each row.
/// </summary>
public sealed class BackendRounds(IBackend backend) : IGemmRounds
{
    private const int LimbBits = 21;

    private readonly ITensorKernels _kernels = backend.Tensors;
    private readonly List<TensorBuffer> _buffers = [];
    private int _size;
    private TensorBuffer _left = null!, _right = null!, _product = null!, _limbs = null!, _sums = null!, _key = null!;

    /// <inheritdoc/>
    public void Start(GemmShape shape, sbyte[] left, sbyte[] first)
    {
        Drop();
        _size = shape.Size;
        long cells = (long)_size * _size;
        (_left, _right, _product) = (Take(cells), Take(cells), Take(cells * sizeof(int)));
        (_limbs, _sums, _key) = (Take(3L * _size * sizeof(uint)), Take(3L * _size * sizeof(long)), Take(_size * sizeof(uint)));
        _kernels.Upload(_left, 0, MemoryMarshal.AsBytes(left.AsSpan()));
        sbyte[] turned = new sbyte[first.Length];
        for (int row = 0; row < _size; row++)
            for (int column = 0; column < _size; column++) turned[(column * _size) + row] = first[(row * _size) + column];
        _kernels.Upload(_right, 0, MemoryMarshal.AsBytes(Panels.PackBytes(turned, _size, _size).AsSpan()));
    }

    /// <inheritdoc/>
    public void Multiply() => _kernels.MultiplyExact(_left, _right, _product, _size);

    /// <inheritdoc/>
    public ulong[] Word(ulong[] probe)
    {
        uint[] limbs = new uint[3 * _size];
        for (int at = 0; at < _size; at++)
            for (int limb = 0; limb < 3; limb++)
                limbs[(limb * _size) + at] = (uint)((probe[at] >> (limb * LimbBits)) & ((1u << LimbBits) - 1));
        _kernels.Upload(_limbs, 0, MemoryMarshal.AsBytes(limbs.AsSpan()));
        _kernels.SumRows(_product, _limbs, _sums, _size);
        long[] sums = new long[3 * _size];
        _kernels.Download(_sums, 0, MemoryMarshal.AsBytes(sums.AsSpan()));
        ulong[] word = new ulong[_size];
        for (int row = 0; row < _size; row++)
            word[row] = MersenneField.Joined(sums[3 * row], sums[(3 * row) + 1], sums[(3 * row) + 2]);
        return word;
    }

    /// <inheritdoc/>
    public void Next(sbyte[] key)
    {
        uint[] words = new uint[_size];
        for (int at = 0; at < _size; at++) words[at] = unchecked((byte)key[at]);
        _kernels.Upload(_key, 0, MemoryMarshal.AsBytes(words.AsSpan()));
        _kernels.NextMatrix(_product, _key, _right, _size);
    }

    /// <inheritdoc/>
    public sbyte[] Matrix()
    {
        byte[] packed = new byte[_size * _size];
        _kernels.Download(_right, 0, packed);
        sbyte[] matrix = new sbyte[packed.Length];
        int words = _size / 4;
        for (int at = 0; at < packed.Length; at++)
        {
            int place = at / 4, column = (place / (words * Panels.Width) * Panels.Width) + (place % Panels.Width);
            int row = (place / Panels.Width % words * 4) + (at % 4);
            matrix[(row * _size) + column] = unchecked((sbyte)packed[at]);
        }

        return matrix;
    }

    /// <inheritdoc/>
    public int[] Product()
    {
        int[] product = new int[_size * _size];
        _kernels.Download(_product, 0, MemoryMarshal.AsBytes(product.AsSpan()));
        return product;
    }

    /// <inheritdoc/>
    public void Dispose() => Drop();

    private TensorBuffer Take(long bytes)
    {
        TensorBuffer buffer = _kernels.Allocate(bytes);
        _buffers.Add(buffer);
        return buffer;
    }

    private void Drop()
    {
        foreach (TensorBuffer buffer in _buffers) buffer.Dispose();
        _buffers.Clear();
    }
}
