using System.Globalization;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace DePinChain.Indexer.Store;

/// <summary>A table as EF Core's model has it, with a fast way to read a row's columns: bulk writing follows the model by
/// itself.</summary>
internal sealed class RowTable<T>
    where T : class
{
    private readonly Func<T, object?>[] _readers;

    public RowTable(IModel model)
    {
        IEntityType type = model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} has no table");
        IProperty[] properties = [.. type.GetProperties()];
        Name = type.GetTableName() ?? throw new InvalidOperationException($"{typeof(T).Name} has no table");
        Columns = [.. properties.Select(property => property.GetColumnName())];
        Keys = [.. type.FindPrimaryKey()?.Properties.Select(property => property.GetColumnName()) ?? []];
        _readers = [.. properties.Select(ReaderOf)];

        // Names come from EF Core's model, never from outside.
        string places = string.Join(", ", Columns.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"@p{i}")));
        IEnumerable<string> others = Columns.Except(Keys, StringComparer.Ordinal).Select(column => $"\"{column}\" = excluded.\"{column}\"");
        Listed = Quoted(Columns);
        InsertText = $"INSERT INTO \"{Name}\" ({Listed}) VALUES ({places})";
        OnConflict = $" ON CONFLICT ({Quoted(Keys)}) DO UPDATE SET {string.Join(", ", others)}";
    }

    public string Name { get; }

    public IReadOnlyList<string> Columns { get; }

    public IReadOnlyList<string> Keys { get; }

    /// <summary>A statement with one parameter for each column, in their order.</summary>
    public string InsertText { get; }

    /// <summary>What makes an insertion replace the row with the same key.</summary>
    public string OnConflict { get; }

    /// <summary>The columns' names, for a statement.</summary>
    public string Listed { get; }

    /// <summary>A column's value as the database takes it.</summary>
    public object? Read(T row, int column) => _readers[column](row);

    private static string Quoted(IEnumerable<string> columns) => string.Join(", ", columns.Select(column => $"\"{column}\""));

    private static Func<T, object?> ReaderOf(IProperty property)
    {
        ParameterExpression row = Expression.Parameter(typeof(T));
        var read = Expression.Lambda<Func<T, object?>>(
            Expression.Convert(Expression.Property(row, property.PropertyInfo!), typeof(object)), row).Compile(); // no shadow properties
        ValueConverter? converter = property.GetValueConverter() ?? property.FindTypeMapping()?.Converter;
        return converter is null ? read : row => read(row) is { } value ? converter.ConvertToProvider(value) : null;
    }
}
