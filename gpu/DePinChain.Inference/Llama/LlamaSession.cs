using System.Runtime.InteropServices;
using DePinChain.Gpu;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Models;

namespace DePinChain.Inference.Llama;

/// <summary>
/// One sequence on a model: its caches of keys and values and room to work in. How tokens are cut into calls decides nothing in the exact
/// profiles: a position's activations are the same bits in prefill and in decode.
/// </summary>
public sealed class LlamaSession : IDisposable
{
    // Rows of one pass: bounds the room that scores take.
    private const int RowsPerPass = 120;
    private const int PositionsPerBlock = 64;

    private readonly LlamaModel _model;
    private readonly ITensorKernels _kernels;
    private readonly List<IDisposable> _owned = [];
    private readonly TensorBuffer[] _keys;
    private readonly TensorBuffer[] _values;
    private readonly TensorBuffer _x;
    private readonly TensorBuffer _norm;
    private readonly TensorBuffer _query;
    private readonly TensorBuffer _key;
    private readonly TensorBuffer _value;
    private readonly TensorBuffer _mixed;
    private readonly TensorBuffer _gate;
    private readonly TensorBuffer _up;
    private readonly TensorBuffer _delta;
    private readonly TensorBuffer _scores;
    private readonly TensorBuffer _logits;
    private readonly QuantizedRows _rows;
    private readonly int _capacity;
    private LayerTap? _tap;

    /// <param name="model">The model.</param>
    /// <param name="positions">Positions this sequence may have.</param>
    /// <exception cref="InferenceException">More than the model has.</exception>
    public LlamaSession(LlamaModel model, int positions)
    {
        ModelConfig config = model.Config;
        InferenceException.Require(
            positions > 0 && positions <= config.Positions, InferenceFault.Request,
            $"The sequence has {positions} positions, the model has {config.Positions}.");
        (_model, _kernels) = (model, model.Kernels);
        _capacity = (positions + PositionsPerBlock - 1) / PositionsPerBlock * PositionsPerBlock;
        Positions = positions;
        int query = config.Heads * config.HeadWidth, key = config.KeyHeads * config.HeadWidth;
        _keys = new TensorBuffer[config.Layers];
        _values = new TensorBuffer[config.Layers];
        for (int layer = 0; layer < config.Layers; layer++)
            (_keys[layer], _values[layer]) = (Room(_capacity, key), Room(_capacity, key));
        (_x, _norm, _delta) = (Room(RowsPerPass, config.Hidden), Room(RowsPerPass, config.Hidden), Room(RowsPerPass, config.Hidden));
        (_query, _key, _value, _mixed) = (Room(RowsPerPass, query), Room(RowsPerPass, key), Room(RowsPerPass, key),
            Room(RowsPerPass, query));
        (_gate, _up) = (Room(RowsPerPass, config.Intermediate), Room(RowsPerPass, config.Intermediate));
        _scores = Room((long)RowsPerPass * config.Heads, _capacity);
        _logits = Room(RowsPerPass, config.Vocabulary);
        int widest = Math.Max(Math.Max(config.Hidden, query), config.Intermediate);
        _rows = new QuantizedRows(Room(RowsPerPass, (widest + 3) / 4), Room(RowsPerPass, 1));
    }

    /// <summary>Positions it may have.</summary>
    public int Positions { get; }

    /// <summary>Positions it has.</summary>
    public int Length { get; private set; }

    /// <summary>Records what goes through the products of every position from now on; for exact profiles.</summary>
    /// <exception cref="InferenceException">The model has biases or is tolerant, or the sequence has begun.</exception>
    public void Record(AnswerTrace trace)
    {
        ModelConfig config = _model.Config;
        InferenceException.Require(
            !_model.Bf16 && !config.AttentionBias && !config.MlpBias && Length == 0, InferenceFault.Request,
            "Only an exact model without biases has a trace, and only from its first position on.");
        _tap = new LayerTap(_kernels, trace, config.Layers);
    }

    /// <summary>Appends tokens.</summary>
    /// <param name="tokens">They follow what is there.</param>
    /// <param name="first">The first of them whose final activations and logits are wanted.</param>
    /// <param name="visit">
    /// Called for each wanted position in order: the position, its final activations, its logits. Logits are empty unless
    /// <paramref name="logits"/>.
    /// </param>
    /// <param name="logits">Whether logits are wanted.</param>
    /// <exception cref="InferenceException">Too long, an unknown token, or activations that are no numbers.</exception>
    public void Append(ReadOnlySpan<int> tokens, int first, PositionVisitor? visit, bool logits = true)
    {
        InferenceException.Require(
            tokens.Length <= Positions - Length, InferenceFault.Request,
                $"{Length + tokens.Length} tokens do not fit {Positions} positions.");
        foreach (int token in tokens)
        {
            InferenceException.Require(
                token >= 0 && token < _model.Config.Vocabulary, InferenceFault.Request, $"Token {token} is not in the vocabulary.");
        }

        for (int done = 0; done < tokens.Length;)
        {
            int rows = Math.Min(RowsPerPass, tokens.Length - done);
            Pass(tokens.Slice(done, rows));
            int wanted = visit is null ? rows : Math.Clamp(first - done, 0, rows);
            if (wanted < rows) Report(rows, wanted, Length, visit!, logits);
            else if (done + rows == tokens.Length) RequireFinite(Download(_x, rows - 1, 1, _model.Config.Hidden));
            Length += rows;
            done += rows;
        }
    }

    /// <summary>Forgets everything behind a position; what follows is computed anew.</summary>
    public void Rewind(int length)
    {
        InferenceException.Require(length >= 0 && length <= Length, InferenceFault.Request, "A sequence is only rewound to what it had.");
        Length = length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable one in _owned) one.Dispose();
        _owned.Clear();
    }

    private void Pass(ReadOnlySpan<int> tokens)
    {
        ModelConfig config = _model.Config;
        bool bf16 = _model.Bf16;
        int rows = tokens.Length, hidden = config.Hidden;
        AttentionShape shape = new(rows, Length, config.Heads, config.KeyHeads, config.HeadWidth, _capacity);
        int query = config.Heads * config.HeadWidth, key = config.KeyHeads * config.HeadWidth;
        _tap?.Begin(rows);
        _kernels.Gather(_model.Embedding, tokens, _x, hidden);
        for (int at = 0; at < config.Layers; at++)
        {
            LlamaModel.Layer layer = _model.Layers[at];
            _kernels.Normalize(_x, layer.InputNorm, _norm, rows, hidden, config.Epsilon, bf16);
            layer.Query.Apply(_kernels, _rows, _norm, _query, rows, bf16);
            layer.Key.Apply(_kernels, _rows, _norm, _key, rows, bf16);
            layer.Value.Apply(_kernels, _rows, _norm, _value, rows, bf16);
            Tap((_norm, hidden), (_query, query), (_key, key), (_value, key));
            _kernels.Rotate(_query, _model.Cosines, _model.Sines, rows, config.Heads, config.HeadWidth, Length, bf16);
            _kernels.Rotate(_key, _model.Cosines, _model.Sines, rows, config.KeyHeads, config.HeadWidth, Length, bf16);
            _kernels.Remember(_key, _value, _keys[at], _values[at], shape);
            _kernels.Attend(_query, _keys[at], _values[at], _scores, _mixed, shape, bf16);
            layer.AttentionOutput.Apply(_kernels, _rows, _mixed, _delta, rows, bf16);
            Tap((_mixed, query), (_delta, hidden));
            _kernels.Add(_x, _delta, rows * hidden, rows * hidden, bf16);
            _kernels.Normalize(_x, layer.MlpNorm, _norm, rows, hidden, config.Epsilon, bf16);
            layer.Gate.Apply(_kernels, _rows, _norm, _gate, rows, bf16);
            layer.Up.Apply(_kernels, _rows, _norm, _up, rows, bf16);
            Tap((_norm, hidden), (_gate, config.Intermediate), (_up, config.Intermediate));
            _kernels.Gate(_gate, _up, rows * config.Intermediate, bf16);
            layer.Down.Apply(_kernels, _rows, _gate, _delta, rows, bf16);
            Tap((_gate, config.Intermediate), (_delta, hidden));
            _kernels.Add(_x, _delta, rows * hidden, rows * hidden, bf16);
        }

        _tap?.End();
    }

    private void Tap(params ReadOnlySpan<(TensorBuffer Buffer, int Width)> vectors)
    {
        if (_tap is null) return;
        foreach ((TensorBuffer buffer, int width) in vectors) _tap.Take(buffer, width);
    }

    private void Report(int rows, int wanted, int position, PositionVisitor visit, bool logits)
    {
        ModelConfig config = _model.Config;
        int count = rows - wanted;
        _kernels.Normalize(_x, _model.FinalNorm, _norm, rows, config.Hidden, config.Epsilon, _model.Bf16);
        float[] activations = Download(_norm, wanted, count, config.Hidden);
        RequireFinite(activations);
        float[] scores = [];
        if (logits)
        {
            // Only the wanted rows meet the largest matrix of the model.
            _kernels.Upload(_delta, 0, MemoryMarshal.AsBytes(activations.AsSpan()));
            _model.Output.Apply(_kernels, _rows, _delta, _logits, count, _model.Bf16);
            scores = Download(_logits, 0, count, config.Vocabulary);
            RequireFinite(scores);
        }

        for (int row = 0; row < count; row++)
        {
            visit(
                position + wanted + row, activations.AsSpan(row * config.Hidden, config.Hidden),
                logits ? scores.AsSpan(row * config.Vocabulary, config.Vocabulary) : default);
        }
    }

    private float[] Download(TensorBuffer buffer, int row, int rows, int width)
    {
        float[] values = new float[rows * width];
        _kernels.Download(buffer, (long)row * width * sizeof(float), MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static void RequireFinite(float[] values)
    {
        foreach (float value in values)
            InferenceException.Require(float.IsFinite(value), InferenceFault.Numerics,
                "An activation is no finite number; nothing follows from it.");
    }

    private TensorBuffer Room(long rows, int width)
    {
        TensorBuffer buffer = _kernels.Allocate(rows * width * sizeof(float));
        _owned.Add(buffer);
        return buffer;
    }
}

/// <summary>Sees one position.</summary>
/// <param name="position">Which.</param>
/// <param name="activations">The final norm's output.</param>
/// <param name="logits">The scores of all tokens, empty when not asked for.</param>
public delegate void PositionVisitor(int position, ReadOnlySpan<float> activations, ReadOnlySpan<float> logits);
