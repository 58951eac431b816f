// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

namespace ns3::m3
{

InputFile::InputFile()
    : m_descriptor(memfd_create("fuzz", 0)),
      m_name("/proc/self/fd/" + std::to_string(m_descriptor))
{
    Require(m_descriptor >= 0, "a file in memory can be made");
}

InputFile::~InputFile()
{
    close(m_descriptor);
}

const std::string& InputFile::With(const uint8_t* data, std::size_t size) const
{
    Require(ftruncate(m_descriptor, 0) == 0 && pwrite(m_descriptor, data, size, 0) == static_cast<ssize_t>(size),
            "the file in memory can be written");
    return m_name;
}

const std::filesystem::path& OutputFolder()
{
    struct Folder
    {
        std::filesystem::path path = std::filesystem::temp_directory_path() / ("m3-fuzz-" + std::to_string(getpid()));

        Folder()
        {
            // in memory where there is such a file system: every input writes
            if (std::filesystem::is_directory("/dev/shm") && access("/dev/shm", W_OK) == 0)
            {
                path = std::filesystem::path("/dev/shm") / path.filename();
            }
            std::filesystem::create_directories(path);
        }

        ~Folder()
        {
            std::error_code ignored;
            std::filesystem::remove_all(path, ignored);
        }
    };

    static const Folder folder;
    return folder.path;
}

} // namespace ns3::m3
