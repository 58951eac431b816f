// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_INPUT_ROW_H
#define M3_INPUT_ROW_H

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

// What schemas of inputs are made of (feature-schema.h): rows, and what follows from them.

namespace ns3::m3
{

/// \ingroup m3-features
/// How an input is stored, against the quantity that its name says.
enum class InputScale : uint8_t
{
    PLAIN, //!< The quantity itself.
    LOG,   //!< Its natural logarithm.
    LOG1P  //!< The logarithm of 1 + the quantity.
};

/// \ingroup m3-features
/// What people call an input, and how it is stored.
struct InputName
{
    const char* text; //!< Name and unit of the quantity.
    InputScale scale; //!< How it is stored.

    /// The quantity in the unit that `text` says. \param input as it is stored
    double Plain(double input) const
    {
        return scale == InputScale::LOG ? std::exp(input) : scale == InputScale::LOG1P ? std::expm1(input) : input;
    }
};

/// \ingroup m3-features
/// When an input is known.
enum class InputTime : uint8_t
{
    FIRST, //!< From the first facts.
    SOON,  //!< From those between.
    LATER  //!< From the last ones.
};

/// \ingroup m3-features
/// Stands for the later kinds of facts where there is one kind only. \tparam N tells several apart
template <int N>
struct NoFacts
{
};

/**
 * \ingroup m3-features
 * One input of a model: name, scale, and the function that computes what is stored. The inputs of a schema may be known
 * at several times, as at the start of a flow, soon after it and at its end; each row belongs to one of them by the
 * facts that its function takes.
 */
template <typename Facts, typename LaterFacts = NoFacts<1>, typename SoonFacts = NoFacts<2>>
struct InputRow
{
    InputName name;                                    //!< Name and scale.
    double (*value)(const Facts&) = nullptr;           //!< Computes the stored value, if it is of this time.
    double (*laterValue)(const LaterFacts&) = nullptr; //!< Computes it, if it is of the later time.
    double (*soonValue)(const SoonFacts&) = nullptr;   //!< Computes it, if it is of the time between.
    InputTime time = InputTime::FIRST;                 //!< Which of these it is.

    /// An input that is known first.
    constexpr InputRow(const char* text, InputScale scale, double (*function)(const Facts&))
        : name{text, scale},
          value(function)
    {
    }

    /// An input that is known later.
    constexpr InputRow(const char* text, InputScale scale, double (*function)(const LaterFacts&))
        : name{text, scale},
          laterValue(function),
          time(InputTime::LATER)
    {
    }

    /// An input that is known between.
    constexpr InputRow(const char* text, InputScale scale, double (*function)(const SoonFacts&))
        : name{text, scale},
          soonValue(function),
          time(InputTime::SOON)
    {
    }
};

/// Place of an input in a schema, by its name; a name that is not there does not compile where a constant is wanted.
template <typename Row, std::size_t N>
constexpr uint32_t PlaceOf(const Row (&schema)[N], std::string_view name)
{
    for (uint32_t place = 0; place < N; place++)
    {
        if (name == schema[place].name.text)
        {
            return place;
        }
    }
    throw std::invalid_argument("no such input");
}

/// Names and scales of the inputs of a schema, in their order.
template <typename Row, std::size_t N>
constexpr std::array<InputName, N> NamesOf(const Row (&schema)[N])
{
    std::array<InputName, N> names{};
    for (std::size_t place = 0; place < N; place++)
    {
        names[place] = schema[place].name;
    }
    return names;
}

/// Writes one input, if it is computed of such facts. The row is a constant, so that its function is called directly.
template <const auto& SCHEMA, std::size_t PLACE, typename Facts>
void WriteInput(const Facts& facts, float* row)
{
    using Row = std::decay_t<decltype(SCHEMA[0])>;
    constexpr InputTime TIME = SCHEMA[PLACE].time;
    if constexpr (TIME == InputTime::FIRST && std::is_invocable_v<decltype(Row::value), const Facts&>)
    {
        constexpr auto VALUE = SCHEMA[PLACE].value;
        row[PLACE] = static_cast<float>(VALUE(facts));
    }
    else if constexpr (TIME == InputTime::LATER && std::is_invocable_v<decltype(Row::laterValue), const Facts&>)
    {
        constexpr auto VALUE = SCHEMA[PLACE].laterValue;
        row[PLACE] = static_cast<float>(VALUE(facts));
    }
    else if constexpr (TIME == InputTime::SOON && std::is_invocable_v<decltype(Row::soonValue), const Facts&>)
    {
        constexpr auto VALUE = SCHEMA[PLACE].soonValue;
        row[PLACE] = static_cast<float>(VALUE(facts));
    }
}

/// Writes the inputs of these places.
template <const auto& SCHEMA, typename Facts, std::size_t... PLACES>
void WriteInputsAt(const Facts& facts, float* row, std::index_sequence<PLACES...>)
{
    (WriteInput<SCHEMA, PLACES>(facts, row), ...);
}

/// Writes all inputs of a schema that are computed of such facts; others stay as they are. \param row one float each
template <const auto& SCHEMA, typename Facts>
void WriteInputs(const Facts& facts, float* row)
{
    WriteInputsAt<SCHEMA>(facts, row, std::make_index_sequence<std::size(SCHEMA)>{});
}

/// Natural logarithm of what an input with the scale LOG is computed of, kept within what models can take.
inline double LogOfInput(double value)
{
    return std::log(std::clamp(value, 1e-6, 1e6));
}

} // namespace ns3::m3

#endif // M3_INPUT_ROW_H
