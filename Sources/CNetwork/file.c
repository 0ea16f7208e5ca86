// SPDX-License-Identifier: Apache-2.0
#include "file.h"

#include <fcntl.h>
#include <sys/stat.h>

int ringfence_file(int folder, const char *name, RingfenceFile *file) {
    struct stat status;
    if (fstatat(folder < 0 ? AT_FDCWD : folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return -1;
    file->number = status.st_ino;
    file->mode = status.st_mode & 07777;
    file->owner = status.st_uid;
    file->is_folder = S_ISDIR(status.st_mode);
    file->is_plain = S_ISREG(status.st_mode);
    return 0;
}
