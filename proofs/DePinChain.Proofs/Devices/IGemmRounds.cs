namespace DePinChain.Proofs.Devices;

/// <summary>Where the matrices of one chain of rounds lie and are multiplied: this processor, or a device's memory.</summary>
public interface IGemmRounds : IDisposable
{
    /// <summary>Takes the fixed matrix and the first round's.</summary>
    void Start(GemmShape shape, sbyte[] left, sbyte[] first);

    /// <summary>Makes the round's product.</summary>
    void Multiply();

    /// <summary>The product times a vector over the field.</summary>
    ulong[] Word(ulong[] probe);

    /// <summary>Makes the next round's matrix: bits 8 to 15 of the product, XOR a key for each column.</summary>
    void Next(sbyte[] key);

    /// <summary>The round's matrix.</summary>
    sbyte[] Matrix();

    /// <summary>The round's product.</summary>
    int[] Product();
}

/// <summary>The reference, on the processor; tests give it other ways to multiply.</summary>
/// <param name="multiply">How matrices are multiplied; the shape's own way when null.</param>
public sealed class ProcessorRounds(Func<sbyte[], sbyte[], int[]>? multiply = null) : IGemmRounds
{
    private GemmShape _shape = null!;
    private sbyte[] _left = [], _matrix = [];
    private int[] _product = [];

    /// <inheritdoc/>
    public void Start(GemmShape shape, sbyte[] left, sbyte[] first) => (_shape, _left, _matrix) = (shape, left, first);

    /// <inheritdoc/>
    public void Multiply() => _product = multiply is null ? _shape.Product(_left, _matrix) : multiply(_left, _matrix);

    /// <inheritdoc/>
    public ulong[] Word(ulong[] probe) => MersenneField.Times(_product, probe);

    /// <inheritdoc/>
    public void Next(sbyte[] key) => _matrix = _shape.Next(_product, key);

    /// <inheritdoc/>
    public sbyte[] Matrix() => _matrix;

    /// <inheritdoc/>
    public int[] Product() => _product;

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing of it lies outside.
    }
}
