// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEST_FOREIGN_LOCALE_H
#define M3_TEST_FOREIGN_LOCALE_H

#include <clocale>
#include <locale>
#include <string>

namespace ns3::m3
{

/**
 * While it lives, C++ streams that are made write 1.234.567,5 for 1234567.5, as a script's std::locale::global can make
 * them. The C library does, too, where the machine has a locale with a comma; Debian and its kin have none by default.
 */
class ForeignLocale
{
  public:
    ForeignLocale()
        : m_cBefore(std::setlocale(LC_ALL, nullptr)),
          m_before(std::locale::global(std::locale(std::locale::classic(), new Numbers)))
    {
        for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8", "fr_FR.utf8"})
        {
            if (std::setlocale(LC_ALL, name))
            {
                m_hasComma = true;
                break;
            }
        }
    }

    ~ForeignLocale()
    {
        std::setlocale(LC_ALL, m_cBefore.c_str());
        std::locale::global(m_before);
    }

    ForeignLocale(const ForeignLocale&) = delete;
    ForeignLocale& operator=(const ForeignLocale&) = delete;

    /// Whether the C library writes a comma, too.
    bool CLibraryHasComma() const
    {
        return m_hasComma;
    }

  private:
    struct Numbers : std::numpunct<char>
    {
        char do_decimal_point() const override
        {
            return ',';
        }

        char do_thousands_sep() const override
        {
            return '.';
        }

        std::string do_grouping() const override
        {
            return "\3";
        }
    };

    std::string m_cBefore;
    std::locale m_before;
    bool m_hasComma = false;
};

} // namespace ns3::m3

#endif // M3_TEST_FOREIGN_LOCALE_H
