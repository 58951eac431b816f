// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_INPUT_ERROR_H
#define M3_INPUT_ERROR_H

#include <cstdint>
#include <stdexcept>
#include <string>

namespace ns3::m3
{

/**
 * \ingroup m3-core
 * Wrong input from the user: a file, an option, a scenario. what() is one line that a program prints as it is
 * before it exits with code 1; with a file it reads "flows.txt:12: size: must be above 0, is 0".
 */
class InputError : public std::runtime_error
{
  public:
    /// \param message one line, without a full stop
    explicit InputError(const std::string& message)
        : std::runtime_error(message)
    {
    }

    /**
     * \param file the file as the user named it
     * \param line 1-based line number, 0 where no single line is to blame
     * \param field the field's name in the format's documentation, may be empty
     * \param message what is wrong with it
     */
    InputError(const std::string& file, uint64_t line, const std::string& field, const std::string& message)
        : std::runtime_error(file + (line ? ":" + std::to_string(line) : "") + ": " +
                             (field.empty() ? "" : field + ": ") + message)
    {
    }
};

} // namespace ns3::m3

#endif // M3_INPUT_ERROR_H
