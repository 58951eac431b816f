// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PROGRAM_OPTIONS_H
#define M3_PROGRAM_OPTIONS_H

#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"

#include <functional>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-core
/// How the value of an option is read and shown.
template <typename Value>
struct OptionKind
{
    std::string placeholder; //!< stands for the value in the help, as in "BYTES"
    /// Reads a value. \param name of the option, for the error \throws InputError
    std::function<Value(std::string_view name, std::string_view text)> read;
    std::function<std::string(const Value& value)> show; //!< a value as read() takes it
};

/// A whole number in [low, high], also as in 1e4.
OptionKind<uint64_t> CountOption(uint64_t low = 0, uint64_t high = std::numeric_limits<uint64_t>::max());

/// A finite number in [low, high].
OptionKind<double> RealOption(double low = 0, double high = std::numeric_limits<double>::max());

/// A number in [0, 1], also as in 5%.
OptionKind<double> ShareOption();

/// Bytes in [low, high], also as in 10KB.
OptionKind<uint64_t> BytesOption(uint64_t low = 0, uint64_t high = 1'000'000'000'000'000);

/// A time in ns, as in 5us. \param plainUnit of a number without a unit
OptionKind<int64_t> TimeOption(const std::string& plainUnit);

/// A rate in bit/s, as in 10Gbps. \param plainUnit of a number without a unit
OptionKind<uint64_t> RateOption(const std::string& plainUnit = "bps");

/// One of some names.
OptionKind<std::string> ChoiceOption(const std::vector<std::string>& names);

/// Any text but the empty one. \param placeholder as in "FILE"
OptionKind<std::string> TextOption(const std::string& placeholder);

/**
 * \ingroup m3-core
 * The command line of a program: every option has a name, a kind of value and a text that says what it is. A word that
 * is no option, an unknown option, and a value that is not all of what its kind says are errors; of an option that is
 * given twice the last one counts.
 *
 * \code
 *   uint64_t count = 1000;
 *   bool pfc = true;
 *   ProgramOptions options("Sends flows.");
 *   options.Add("count", "number of flows", count, CountOption(1)); // --count=1e4, --count 1e4
 *   options.Add("pfc", "priority flow control", pfc);               // --pfc, --pfc=off
 *   if (!options.Parse(argc, argv))
 *   {
 *       return 0; // --help or --version, which are answered
 *   }
 * \endcode
 *
 * Options are bound to variables, which must live as long; a variable that is not given keeps its value, which the help
 * calls the default. This is less than Boost.Program_options does, and needs no library in an ns-3 tree.
 */
class ProgramOptions
{
  public:
    static constexpr const char* DEFAULT_WORD = "default"; //!< stands for no value

    /// An option as it was added.
    struct Option
    {
        std::string name;        //!< without dashes
        std::string help;        //!< its line in --help
        std::string placeholder; //!< "": needs no value
        std::string defaultText; //!< its value unless it is given
        /// Reads a text into the variable. \throws InputError
        std::function<void(std::string_view option, std::string_view text)> read;
    };

    /// \param summary what the program does, a sentence
    explicit ProgramOptions(std::string summary);

    /**
     * Adds an option with a value. \param target number, text, or std::optional of one, where the word `default` (and
     * -1, as it once was) means no value
     */
    template <typename Target, typename Value>
    void Add(const std::string& name, const std::string& help, Target& target, const OptionKind<Value>& kind)
    {
        AddParsed(name,
                  help,
                  kind.placeholder,
                  ShowDefault(target, kind),
                  [&target, kind](auto option, auto text) { Assign(option, text, target, kind); });
    }

    /// Adds an option with an arbitrary text. \param placeholder stands for it in the help
    void
    Add(const std::string& name, const std::string& help, std::string& target, const std::string& placeholder = "TEXT");

    /// Adds an option that is on or off, as in --pfc, --pfc=on, --pfc=off.
    void Add(const std::string& name, const std::string& help, bool& target);

    /// Adds an option whose value a function takes. \param defaultText for the help; "": none is shown \param read gets
    /// the option's name with dashes and the value \throws nothing itself
    void AddParsed(const std::string& name,
                   const std::string& help,
                   const std::string& placeholder,
                   const std::string& defaultText,
                   std::function<void(std::string_view option, std::string_view text)> read);

    /// Adds a word without dashes that must be there. \param placeholder as in "FOLDER"
    void AddWord(const std::string& placeholder, std::string& target);

    /// Lets an option also be given by the name that it once had.
    void AddFormerName(const std::string& former, const std::string& name);

    /// What takes options that were not added here. \return whether it knows the name \throws InputError
    using OtherOptions = std::function<bool(const std::string& name, const std::optional<std::string>& value)>;
    /// \param help lines about them
    void SetOthers(OtherOptions others, const std::string& help);

    /// Reads a command line. \return false if it asked for the help or the version, which is printed then \throws
    /// InputError for the first wrong word
    bool Parse(int argc, const char* const argv[]);

    /// Sets an option, as --NAME=TEXT would. \throws InputError, also for an unknown one
    void Set(const std::string& name, const std::string& text);

    /// Whether there is such an option.
    bool Has(const std::string& name) const;

    /// All options, in the order in which they were added.
    const std::vector<Option>& All() const
    {
        return m_options;
    }

    /// Options that were given or Set(), with their texts, in this order.
    const std::vector<std::pair<std::string, std::string>>& Given() const
    {
        return m_given;
    }

    /// Writes what --help prints. \param program its name and command
    void WriteHelp(const std::string& program, std::ostream& out) const;

  private:
    template <typename Target>
    struct IsOptional : std::false_type
    {
    };

    template <typename Value>
    struct IsOptional<std::optional<Value>> : std::true_type
    {
    };

    template <typename Target, typename Value>
    static std::string ShowDefault(const Target& target, const OptionKind<Value>& kind)
    {
        if constexpr (IsOptional<Target>::value)
        {
            return target ? kind.show(static_cast<Value>(*target)) : "";
        }
        else
        {
            return kind.show(static_cast<Value>(target));
        }
    }

    template <typename Target, typename Value>
    static void Assign(std::string_view option, std::string_view text, Target& target, const OptionKind<Value>& kind)
    {
        if constexpr (IsOptional<Target>::value)
        {
            if (text == DEFAULT_WORD || text == "-1")
            {
                target.reset();
                return;
            }
            target.emplace();
            Assign(option, text, *target, kind);
        }
        else
        {
            const Value value = kind.read(option, text);
            if constexpr (std::is_integral_v<Target> && sizeof(Target) < sizeof(Value))
            {
                constexpr auto LARGEST = static_cast<Value>(std::numeric_limits<Target>::max());
                if (value > LARGEST)
                {
                    throw InputError(std::string(option) + ": must be at most " + std::to_string(LARGEST) + ", is " +
                                     std::string(text));
                }
            }
            target = static_cast<Target>(value);
        }
    }

    const Option* Find(const std::string& name) const;
    void ParseWord(const std::vector<std::string>& words, std::size_t& at, std::size_t& wordsTaken);

    std::string m_summary;
    std::vector<Option> m_options;
    std::vector<std::pair<std::string, std::string*>> m_words;      //!< placeholder and target
    std::vector<std::pair<std::string, std::string>> m_formerNames; //!< former and current name
    std::vector<std::pair<std::string, std::string>> m_given;
    OtherOptions m_others;
    std::string m_othersHelp;
};

/// The version of m3, as in "0.1.0".
const char* ProgramVersion();

} // namespace ns3::m3

#endif // M3_PROGRAM_OPTIONS_H
